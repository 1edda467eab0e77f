import { type RunId, type SeriesQuery } from "@etude/contracts";
import type { Queries } from "@etude/db";

/** A run that was selected, and the values by which it is grouped. */
export interface SelectedRun {
  readonly id: RunId;
  readonly by: readonly unknown[];
}

/** The runs of a selector in its order, those that exist. Throws Problem validation_failed at a column of a text. */
export async function selectRuns(
  queries: Queries,
  selector: SeriesQuery["runs"],
  by: readonly string[],
): Promise<SelectedRun[]> {
  if ("ids" in selector) {
    if (by.length === 0) return [...new Set(selector.ids)].map((id) => ({ id, by: [] }));
    const { ids, values } = await queries.runs({
      query: "",
      ids: selector.ids,
      select: by,
      runs: false,
      limit: selector.ids.length,
    });
    const found = new Map(ids.map((id, row) => [id, values.map((column) => column[row])]));
    return [...new Set(selector.ids)].flatMap((id) => {
      const own = found.get(id);
      return own ? [{ id, by: own }] : [];
    });
  }
  const { query, limit } = selector;
  const { ids, values } = await queries.runs({ query, select: by, runs: false, limit });
  return ids.map((id, row) => ({ id, by: values.map((column) => column[row]) }));
}
