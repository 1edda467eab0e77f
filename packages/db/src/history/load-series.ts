import { type Queryable, rowsOf } from "../pool.ts";
import { selectChunkSummaries, selectSeries } from "../sql/series.ts";
import type { ChunkSummaryRow, SeriesRow } from "./series-state.ts";

/** The series of a run by index, and the summaries of each one's sealed chunks. */
export async function loadSeries(
  on: Queryable,
  runId: string,
): Promise<{ row: SeriesRow; chunks: ChunkSummaryRow[] }[]> {
  const rows = await rowsOf<SeriesRow>(on, selectSeries, [runId]);
  const summaries = await rowsOf<ChunkSummaryRow>(on, selectChunkSummaries, [runId]);
  return rows.map((row) => ({ row, chunks: summaries.filter(({ index }) => index === row.index) }));
}
