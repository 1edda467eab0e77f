import type { Statement } from "../pool.ts";

/** Locks run $1 and says whether it may go. */
export const lockForRemoval: Statement = {
  name: "run-remove-lock",
  text: `select status, (
    select n.run_id from run_need n join run waiting on waiting.id = n.run_id
    where n.needs_id = run.id and waiting.deleted_at is null
      and waiting.status in ('queued', 'running', 'cancelling', 'paused') limit 1) as "neededBy"
  from run where id = $1 and deleted_at is null for update`,
};

export const hide: Statement = { name: "run-hide", text: "update run set deleted_at = now() where id = $1" };

/** Deletes up to $2 chunks of run $1. */
export const deleteSomeChunks: Statement = {
  name: "run-remove-chunks",
  text: `delete from series_chunk where ctid = any(array(select ctid from series_chunk where run_id = $1 limit $2))`,
};

/** Deletes up to $2 log lines of run $1. */
export const deleteSomeLines: Statement = {
  name: "run-remove-lines",
  text: `delete from run_log where ctid = any(array(select ctid from run_log where run_id = $1 limit $2))`,
};

/** Deletes the hidden run $1 with what is left of it. */
export const deleteRun: Statement = {
  name: "run-remove",
  text: "delete from run where id = $1 and deleted_at is not null",
};
