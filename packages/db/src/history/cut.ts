import type { PoolClient } from "pg";
import { rowsOf } from "../pool.ts";
import { rewriteSeries } from "../sql/claim.ts";
import { deleteChunks, selectChunkBefore } from "../sql/series.ts";
import { seriesParameters } from "../sql/write-columns.ts";
import { decodeColumns, type StoredColumns } from "./columns.ts";
import { loadSeries } from "./load-series.ts";
import { seriesState, type SeriesState } from "./series-state.ts";
import { countOf, seriesWrite } from "./series-write.ts";

type Chunk = StoredColumns & { readonly chunk: number; readonly step1: number };

/** How many of the steps lie before `step`. */
function before(steps: Float64Array, step: number): number {
  const at = steps.findIndex((one) => one >= step);
  return at < 0 ? steps.length : at;
}

const first = (points: SeriesState["tail"], n: number): SeriesState["tail"] => ({
  steps: points.steps.slice(0, n),
  values: points.values.slice(0, n),
});

/**
 * Cuts a run's log to the points before `step`, within the transaction that holds the run's row. Series stay, even
 * when empty, so that their indices do. Returns the points kept of each series by index, and whether any were dropped.
 */
export async function cutLog(
  client: PoolClient,
  runId: string,
  step: number,
): Promise<{ counts: number[]; cut: boolean }> {
  const counts: number[] = [];
  const rewritten: SeriesState[] = [];
  for (const { row, chunks } of await loadSeries(client, runId)) {
    if (row.lastStep === null || row.lastStep < step) {
      counts.push(row.n);
      continue;
    }
    const state = seriesState(row, chunks);
    let kept: SeriesState = { ...state, tail: first(state.tail, before(state.tail.steps, step)) };
    if (kept.tail.steps.length === 0) {
      const [chunk] = await rowsOf<Chunk>(client, selectChunkBefore, [runId, row.index, step]);
      const whole = chunk !== undefined && chunk.step1 < step;
      const sealed = chunk === undefined ? 0 : chunk.chunk + (whole ? 1 : 0);
      const open =
        chunk === undefined || whole ? { steps: new Float64Array(), values: new Float64Array() } : decodeColumns(chunk);
      kept = { ...seriesState(row, chunks.slice(0, sealed)), tail: first(open, before(open.steps, step)) };
    }
    rewritten.push(kept);
    counts.push(countOf(kept));
  }
  if (rewritten.length > 0) {
    const [indices, sealed] = [rewritten.map(({ index }) => index), rewritten.map((state) => state.sealed)];
    await rowsOf(client, deleteChunks, [runId, indices, sealed]);
    await rowsOf(client, rewriteSeries, [runId, ...seriesParameters(rewritten.map(seriesWrite))]);
  }
  return { counts, cut: rewritten.length > 0 };
}
