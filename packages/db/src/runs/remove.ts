import { isEnded, Problem, type RunStatus } from "@etude/contracts";
import type { Pool } from "pg";
import { inTransaction, rowsOf, type Statement } from "../pool.ts";
import { deleteRun, deleteSomeChunks, deleteSomeLines, hide, lockForRemoval } from "../sql/remove.ts";
import type { Runs } from "../types.ts";

/** Rows in one statement: what a deletion holds of locks and memory at a time. */
const batchRows = 2000;

async function inBatches(pool: Pool, { name, text }: Statement, runId: string): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query({ name, text, values: [runId, batchRows] });
    if ((rowCount ?? 0) < batchRows) return;
  }
}

/** Deletes what a hidden run left. Safe to repeat after a crash. */
async function sweep(pool: Pool, runId: string): Promise<void> {
  await inBatches(pool, deleteSomeChunks, runId);
  await inBatches(pool, deleteSomeLines, runId);
  await rowsOf(pool, deleteRun, [runId]);
}

/** Finishes deletions that a crash interrupted. */
export async function sweepHidden(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    "select id from run where deleted_at < now() - interval '5 minutes' limit 100",
  );
  for (const { id } of rows) await sweep(pool, id);
}

export const remove =
  (pool: Pool): Runs["remove"] =>
  async (runId) => {
    const blobs = await inTransaction(pool, async (client) => {
      const [run] = await rowsOf<{ status: RunStatus; neededBy: string | null }>(client, lockForRemoval, [runId]);
      if (!run) throw new Problem("run_not_found", `No run ${runId}.`);
      if (!isEnded(run.status)) throw new Problem("run_active", `The run is ${run.status}.`);
      if (run.neededBy) throw new Problem("run_in_use", `The waiting run ${run.neededBy} replays it.`);
      await rowsOf(client, hide, [runId]);
      const { rows } = await client.query<{ sha256: string }>(
        `select sha256 from checkpoint where run_id = $1 union select sha256 from artifact where run_id = $1
        union select spec #>> '{continueFrom,checkpoint}' from run where id = $1 and spec ? 'continueFrom'
        union select i.value from run r, jsonb_each_text(r.spec -> 'inputs') i where r.id = $1 and r.spec ? 'inputs'`,
        [runId],
      );
      return rows.map(({ sha256 }) => sha256);
    });
    await sweep(pool, runId);
    return { blobs };
  };
