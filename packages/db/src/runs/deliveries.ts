import type { Pool } from "pg";
import type { RunId, StudyId, TrainJob } from "@etude/contracts";
import { rowsOf } from "../pool.ts";
import { markStale } from "../sql/stale.ts";
import type { Delivery, Runs } from "../types.ts";

/** External runs marked in one statement. */
const staleAtOnce = 500;

/**
 * What the reconciler looks at. Which queued runs the queue has been given lets it rebuild the queue from here at any
 * time.
 */
export const deliveries = (pool: Pool): Pick<Runs, "undelivered" | "markDelivered" | "markStale"> => ({
  markStale(afterMs) {
    return rowsOf<{ id: RunId; studyId: StudyId | null }>(pool, markStale, [afterMs, staleAtOnce]);
  },

  async undelivered({ againAfterMs, limit = 500 }) {
    const { rows } = await pool.query<{ id: RunId; attempt: number; pool: string }>({
      name: "run-undelivered",
      text: `select id, attempt + 1 as attempt, pool from run
        where status = 'queued' and deleted_at is null
          and (delivered_attempt is distinct from attempt + 1
            or delivered_at < now() - $1::int * interval '1 millisecond')
        order by delivered_at nulls first, number limit $2`,
      values: [againAfterMs, limit],
    });
    return rows.map((row): Delivery => ({ job: { runId: row.id, attempt: row.attempt }, pool: row.pool }));
  },

  async markDelivered(jobs: readonly TrainJob[]) {
    await pool.query({
      name: "run-mark-delivered",
      text: `update run set delivered_attempt = job.attempt, delivered_at = now()
        from unnest($1::uuid[], $2::int[]) as job (id, attempt)
        where run.id = job.id and run.attempt + 1 = job.attempt and run.status = 'queued'`,
      values: [jobs.map(({ runId }) => runId), jobs.map(({ attempt }) => attempt)],
    });
  },
});
