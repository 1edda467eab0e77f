import type { CheckpointFile, QueuedRun } from "@etude/contracts";
import type { Pool } from "pg";
import { cutLog } from "../history/cut.ts";
import { inTransaction, rowsOf } from "../pool.ts";
import { recordAttempt, selectCheckpoint } from "../sql/claim.ts";
import { claim as claimStatement } from "../sql/transitions.ts";
import type { Claim, Runs } from "../types.ts";
import { type RunRow, toRun } from "./to-run.ts";
import { defaultLeaseMs } from "./transitions.ts";

/**
 * Takes a run for a worker: compare-and-set, then the log is cut to the resume step in the same transaction, so no
 * reader sees the new attempt with the old points.
 */
export const claim =
  (pool: Pool): Runs["claim"] =>
  ({ runId, attempt }, { worker, leaseMs = defaultLeaseMs }) =>
    inTransaction(pool, async (client): Promise<Claim | null> => {
      const [row] = await rowsOf<RunRow>(client, claimStatement, [
        runId,
        `claimed by ${worker}`,
        attempt,
        worker,
        leaseMs,
      ]);
      if (!row) return null;
      const [resume = null] = await rowsOf<CheckpointFile & { backend: string | null }>(client, selectCheckpoint, [
        runId,
      ]);
      const step = resume?.step ?? 0;
      const { counts, cut } = await cutLog(client, runId, step);
      const total = counts.reduce((sum, count) => sum + count, 0);
      await rowsOf(client, recordAttempt, [runId, attempt, worker, step, counts, total]);
      const run = toRun({ ...row, total, step }) as QueuedRun;
      return { run, attempt, resume, rewoundTo: cut ? step : null };
    });
