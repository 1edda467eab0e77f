import { encodeCursor, Problem } from "@etude/contracts";
import type { Pool } from "pg";
import { inTransaction, rowsOf } from "../pool.ts";
import { selectChunkExtents, selectPositions } from "../sql/read-history.ts";
import { selectSeries } from "../sql/series.ts";
import type { HistoryStore, Position, SeriesColumns } from "../types.ts";
import { type Extent, SeriesReader } from "./series-reader.ts";
import type { SeriesRow } from "./series-state.ts";

/** The series asked for, in the run's order. Throws Problem series_not_found. */
function pick(rows: readonly SeriesRow[], keys: readonly string[] | undefined): SeriesRow[] {
  if (!keys) return [...rows];
  const missing = keys.find((key) => !rows.some((row) => row.key === key));
  if (missing === undefined) return rows.filter(({ key }) => keys.includes(key));
  const known = rows.map(({ key }) => key).join(", ") || "none yet";
  throw new Problem("series_not_found", `The run has no series "${missing}"; it has: ${known}.`);
}

/** Points of a run as columns, all series in one snapshot. */
export const readHistory =
  (pool: Pool): HistoryStore["readHistory"] =>
  (runId, { keys, from = -Infinity, to = Infinity, width } = {}) =>
    inTransaction(
      pool,
      async (client) => {
        const [position] = await rowsOf<Position & { id: string }>(client, selectPositions, [[runId]]);
        if (!position) throw new Problem("run_not_found", `No run ${runId}.`);
        const rows = await rowsOf<SeriesRow>(client, selectSeries, [runId]);
        const wanted = pick(rows, keys);
        const indices = wanted.map(({ index }) => index);
        const extents = await rowsOf<Extent>(client, selectChunkExtents, [runId, indices, from, to]);
        const series: SeriesColumns[] = [];
        for (const row of wanted) {
          const own = extents.filter(({ index }) => index === row.index);
          series.push(await new SeriesReader(client, runId, row, own, { from, to }).read(width));
        }
        const { attempt, total } = position;
        return { runId, attempt, total, cursor: encodeCursor({ attempt, counts: rows.map(({ n }) => n) }), series };
      },
      "repeatable read read only",
    );
