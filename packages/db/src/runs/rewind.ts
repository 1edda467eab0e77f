import { Problem } from "@etude/contracts";
import type { Pool } from "pg";
import { cutLog } from "../history/cut.ts";
import { inTransaction, rowsOf } from "../pool.ts";
import { recordAttempt } from "../sql/claim.ts";
import { cutRates } from "../sql/rates.ts";
import { rewind as rewindStatement } from "../sql/transitions.ts";
import type { Runs } from "../types.ts";
import { type RunRow, toRun } from "./to-run.ts";

/** Opens a new attempt and cuts the log in one transaction, so no reader sees the new attempt with the old points. */
export function rewind(pool: Pool, get: Runs["get"]): Runs["rewind"] {
  return async (runId, toStep) => {
    const done = await inTransaction(pool, async (client) => {
      const [row] = await rowsOf<RunRow>(client, rewindStatement, [runId, `rewound to step ${toStep}`]);
      if (!row) return null;
      const { counts, cut } = await cutLog(client, runId, toStep);
      await rowsOf(client, cutRates, [runId, toStep]);
      const total = counts.reduce((sum, count) => sum + count, 0);
      const step = Math.min(row.step, toStep);
      await rowsOf(client, recordAttempt, [runId, row.attempt, "external", step, counts, total]);
      return { run: toRun({ ...row, total, step }), rewound: cut };
    });
    if (done) return done;
    const { spec, status } = await get(runId);
    if (spec.kind !== "external")
      throw new Problem("run_kind_refused", "Etude trains this run: clone it, or retry it from its checkpoint.");
    throw new Problem("run_not_active", `The run is ${status}: log a new one.`);
  };
}
