import { type CheckpointFile, isEnded, Problem, type Run } from "@etude/contracts";
import type { Pool } from "pg";
import { type Queryable, rowsOf, type Statement } from "../pool.ts";
import { heldStatus } from "../sql/held-status.ts";
import * as sql from "../sql/transitions.ts";
import type { HeldStatus, Runs } from "../types.ts";
import { summaryColumns } from "./spec-columns.ts";
import { type RunRow, toRun } from "./to-run.ts";

export const defaultLeaseMs = 15_000;
/** Deaths of a worker without a new checkpoint after which a run fails. */
const defaultMaxLosses = 3;

async function change(on: Queryable, statement: Statement, values: unknown[]): Promise<Run | undefined> {
  const [row] = await rowsOf<RunRow>(on, statement, values);
  return row && toRun(row);
}

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

type Transitions = Pick<
  Runs,
  | "started"
  | "requestCancel"
  | "requestPause"
  | "finish"
  | "requeue"
  | "resume"
  | "retry"
  | "recoverLost"
  | "renewLease"
>;

/** Every change of a run's status except claim: each a compare-and-set of one statement. */
export function transitions(pool: Pool, get: Runs["get"]): Transitions {
  return {
    async started(runId, attempt, { backend, horizon, parameters }) {
      return (await change(pool, sql.started, [runId, null, attempt, json(backend), horizon, parameters])) ?? "lost";
    },

    async requestCancel(runId) {
      const changed = await change(pool, sql.requestCancel, [runId, "cancel requested"]);
      if (changed) return changed;
      const run = await get(runId);
      if (run.status === "cancelled") return run;
      throw new Problem("run_not_active", `The run is ${run.status}.`);
    },

    async requestPause(runId) {
      const changed = await change(pool, sql.requestPause, [runId, "pause requested"]);
      if (changed) return changed;
      const run = await get(runId);
      if (run.spec.kind === "external") throw new Problem("run_kind_refused", "Only the loop that logs it can pause.");
      if (run.status === "paused") return run;
      throw new Problem("run_not_active", `The run is ${run.status}.`);
    },

    async finish(runId, attempt, { outcome, failure, summary }) {
      const columns = summaryColumns(summary);
      const values = [runId, failure?.reason ?? null, attempt, outcome, json(failure), json(summary)];
      return (await change(pool, sql.finish, [...values, ...Object.values(columns)])) ?? "lost";
    },

    async requeue(runId, attempt, { why, loss, maxLosses = defaultMaxLosses }) {
      return (await change(pool, sql.requeue, [runId, why, attempt, loss ? 1 : 0, maxLosses])) ?? "lost";
    },

    async resume(runId) {
      const changed = await change(pool, sql.resume, [runId, "resumed"]);
      if (changed) return changed;
      const { status } = await get(runId);
      throw new Problem(isEnded(status) ? "run_not_active" : "run_active", `The run is ${status}, not paused.`);
    },

    async retry(runId, from) {
      const [row] = await rowsOf<RunRow & { dropped: CheckpointFile[] }>(pool, sql.retry, [
        runId,
        `retried from ${from}`,
        from,
      ]);
      if (row) return { run: toRun(row), obsolete: row.dropped };
      const { status, spec } = await get(runId);
      if (spec.kind === "external")
        throw new Problem("run_kind_refused", "Etude does not train this run: rewind it and log on.");
      if (status === "completed") throw new Problem("run_not_active", "The run is completed: clone it as a new run.");
      throw new Problem("run_active", `The run is ${status}.`);
    },

    async recoverLost({ maxLosses = defaultMaxLosses, limit = 100 } = {}) {
      return (await rowsOf<RunRow>(pool, sql.recoverLost, [null, "lease ran out", maxLosses, limit])).map(toRun);
    },

    async renewLease(runId, attempt, leaseMs = defaultLeaseMs) {
      const { rows } = await pool.query<{ status: HeldStatus }>({
        name: "run-renew-lease",
        text: `update run set lease_until = now() + $3::int * interval '1 millisecond'
          where id = $1 and attempt = $2 and status in ('running', 'cancelling') returning ${heldStatus} as status`,
        values: [runId, attempt, leaseMs],
      });
      return rows[0]?.status ?? "lost";
    },
  };
}
