import type { RunId } from "@etude/contracts";
import type { Pool, PoolClient } from "pg";
import { decodeColumns, joinColumns, type StoredColumns } from "../history/columns.ts";
import { OpenSeries } from "../history/open-series.ts";
import type { SeriesRow } from "../history/series-state.ts";
import { emptySummary } from "../history/summary.ts";
import { inTransaction, rowsOf } from "../pool.ts";
import { insertChunks, recordAttempt, rewriteSeries } from "../sql/claim.ts";
import { lockEnded, openAttempt } from "../sql/retention.ts";
import { deleteChunks, selectSeries, selectSeriesPoints } from "../sql/series.ts";
import { chunkParameters, seriesParameters } from "../sql/write-columns.ts";

/** One point in so many stays, the last of each stretch. */
const stretch = 64;

const every = (column: Float64Array): Float64Array =>
  column.filter((_, i) => i % stretch === stretch - 1 || i === column.length - 1);

/** The series with the points that stay, under its index, nothing of it written yet. */
async function thinned(client: PoolClient, runId: string, row: SeriesRow): Promise<OpenSeries> {
  const chunks = await rowsOf<StoredColumns>(client, selectSeriesPoints, [runId, row.index]);
  const parts = [...chunks, row].map((stored) => decodeColumns(stored));
  const open = new OpenSeries({
    key: row.key,
    index: row.index,
    late: row.late,
    sealed: 0,
    sealedSummary: emptySummary,
    sealedEnd: null,
    tail: { steps: new Float64Array(), values: new Float64Array() },
  });
  open.push({
    key: row.key,
    steps: every(joinColumns(parts.map(({ steps }) => steps))),
    values: every(joinColumns(parts.map(({ values }) => values))),
  });
  return open;
}

/**
 * Rewrites the system series of an ended run with one point in 64, in one transaction. Points never change within an
 * attempt, so this opens one: a viewer is told to drop those series and gets what is left of them. Null when the run
 * is no longer there or has begun again.
 */
export const thinSystem = (pool: Pool, runId: RunId): Promise<{ id: RunId; attempt: number } | null> =>
  inTransaction(pool, async (client) => {
    const [run] = await rowsOf<{ attempt: number; step: number }>(client, lockEnded, [runId]);
    if (!run) return null;
    const rows = await rowsOf<SeriesRow>(client, selectSeries, [runId]);
    const system = rows.filter(({ key, n }) => key.startsWith("system/") && n > stretch);
    const counts = rows.map(({ n }) => n);
    const kept = rows.map((row) => (system.includes(row) ? 0 : row.n));
    const indices = system.map(({ index }) => index);
    // One series at a time in memory.
    for (const row of system) {
      const { series, chunks } = (await thinned(client, runId, row)).snapshot();
      await rowsOf(client, deleteChunks, [runId, [row.index], [0]]);
      await rowsOf(client, rewriteSeries, [runId, ...seriesParameters([series])]);
      await rowsOf(client, insertChunks, [runId, ...chunkParameters(chunks)]);
      counts[rows.indexOf(row)] = Number(series.n);
    }
    if (indices.length === 0) return null;
    const attempt = run.attempt + 1;
    const total = counts.reduce((sum, n) => sum + n, 0);
    await rowsOf(client, openAttempt, [runId, attempt]);
    await rowsOf(client, recordAttempt, [runId, attempt, "retention", run.step, kept, total]);
    return { id: runId, attempt };
  });
