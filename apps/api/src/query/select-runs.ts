import { type RunId, type SeriesQuery } from "@etude/contracts";
import type { Queries } from "@etude/db";

/** A run that was selected, and the values by which it is grouped. */
export interface SelectedRun {
  readonly id: RunId;
  readonly by: readonly unknown[];
}

export interface Selected {
  readonly runs: readonly SelectedRun[];
  /** More match than the selector's limit. */
  readonly more: boolean;
}

/** The runs of a selector in its order, those that exist. Throws Problem validation_failed at a column of a text. */
export async function selectRuns(
  queries: Queries,
  selector: SeriesQuery["runs"],
  by: readonly string[],
): Promise<Selected> {
  if ("ids" in selector) {
    if (by.length === 0) return { runs: [...new Set(selector.ids)].map((id) => ({ id, by: [] })), more: false };
    const { ids, values } = await queries.runs({
      query: "",
      ids: selector.ids,
      select: by,
      runs: false,
      limit: selector.ids.length,
    });
    const found = new Map(ids.map((id, row) => [id, values.map((column) => column[row])]));
    const runs = [...new Set(selector.ids)].flatMap((id) => {
      const own = found.get(id);
      return own ? [{ id, by: own }] : [];
    });
    return { runs, more: false };
  }
  const { query, limit } = selector;
  const { ids, values, next } = await queries.runs({ query, select: by, runs: false, limit });
  const runs = ids.map((id, row) => ({ id, by: values.map((column) => column[row]) }));
  return { runs, more: next !== null && ids.length === limit };
}
