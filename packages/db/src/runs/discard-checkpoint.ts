import type { Pool } from "pg";
import type { Runs } from "../types.ts";

/** Forgets a registered checkpoint that cannot be used, so that the next claim takes the one before it; or all. */
export const discardCheckpoint =
  (pool: Pool): Runs["discardCheckpoint"] =>
  async (runId, attempt, step) => {
    await pool.query({
      name: "checkpoint-discard",
      text: `delete from checkpoint c using run r
  where r.id = $1 and r.attempt = $2 and r.status in ('running', 'cancelling') and c.run_id = r.id and ($3::int is null or c.step = $3)`,
      values: [runId, attempt, step === "all" ? null : step],
    });
  };
