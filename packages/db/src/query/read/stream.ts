import { Problem } from "@etude/contracts";
import type { Pool } from "pg";
import { chunkPoints, type StoredColumns } from "../../history/columns.ts";
import { rowsOf } from "../../pool.ts";
import { selectSpanPoints } from "../../sql/query-series.ts";
import { selectPositions } from "../../sql/read-history.ts";
import type { Queries, WantedSeries } from "../types.ts";
import { chunkStretch, type Stretch, tailStretch, within } from "./assemble.ts";
import { type FoundRow, planSeries } from "./plan.ts";
import { findSeries } from "./series.ts";

/** Chunks read at a time: 65 536 points. */
const chunksAtOnce = 64;
/** Series whose rows are held at a time. */
const seriesAtOnce = 256;

const takenBack = (runId: string): Problem =>
  new Problem("attempt_over", `Run ${runId} was taken back while it was read.`);

/** The chunks of a series piece by piece, then its tail as it was when the row was read. */
async function* pieces(pool: Pool, row: FoundRow, wanted: WantedSeries): AsyncGenerator<Stretch> {
  for (let lo = row.lo; lo <= row.hi; lo += chunksAtOnce) {
    const hi = Math.min(row.hi, lo + chunksAtOnce - 1);
    type Row = StoredColumns & { readonly chunk: number };
    const rows = await rowsOf<Row>(pool, selectSpanPoints, [[wanted.runId], [row.index], [lo], [hi]]);
    if (rows.length !== hi - lo + 1) throw takenBack(wanted.runId);
    for (const chunk of rows) yield within(chunkStretch(chunk), wanted);
  }
  yield within(tailStretch(planSeries(row, wanted, undefined)), wanted);
}

/** See Queries.stream. */
export const streamSeries = (pool: Pool): Queries["stream"] =>
  async function* stream(wanted) {
    for (let from = 0; from < wanted.length; from += seriesAtOnce) {
      const some = wanted.slice(from, from + seriesAtOnce);
      const rows = await findSeries(pool, some);
      for (const row of rows) {
        const one = some[row.at] as WantedSeries;
        for await (const { steps, values } of pieces(pool, row, one))
          if (steps.length > 0) yield { runId: one.runId, key: one.key, steps, values };
      }
      // A chunk that was cut and written anew looks like the old one.
      const runIds = [...new Set(some.map(({ runId }) => runId))];
      const now = await rowsOf<{ id: string; attempt: number }>(pool, selectPositions, [runIds]);
      for (const { at, attempt } of rows) {
        const { runId } = some[at] as WantedSeries;
        if (!now.some((run) => run.id === runId && run.attempt === attempt)) throw takenBack(runId);
      }
    }
  };

/** See Queries.measure. */
export const measureSeries =
  (pool: Pool): Queries["measure"] =>
  async (wanted) => {
    const rows = await findSeries(pool, wanted);
    return rows.reduce((sum, { lo, hi, n, sealed }) => sum + (hi - lo + 1 - sealed) * chunkPoints + n, 0);
  };
