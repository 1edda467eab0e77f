/**
 * The transitions of a run, one statement each: lock the row, change it if the guard holds, log the event, close the
 * attempt when it leaves the worker. No row comes back when the guard does not hold.
 * $1 is the run's id, $2 why.
 */
import type { Statement } from "../pool.ts";
import { runColumns } from "./run-columns.ts";

interface Transition {
  /** Rows to change; locked before they are looked at. */
  readonly where: string;
  readonly set: string;
  /** Further statements of the same moment, reading `changed`. */
  readonly also?: string;
  readonly returning?: string;
}

const transition = (name: string, { where, set, also, returning }: Transition): Statement => ({
  name,
  text: `with old as (select id, status from run where deleted_at is null and ${where}),
changed as (
  update run set revision = run.revision + 1, ${set} from old where run.id = old.id
  returning run.*, old.status as old_status),
logged as (
  insert into run_event (run_id, attempt, from_status, to_status, why)
  select id, attempt, old_status, status, $2::text from changed where status <> old_status),
closed as (
  update run_attempt a set ended_at = now(), why = coalesce($2::text, changed.status) from changed
  where a.run_id = changed.id and a.attempt = changed.attempt and a.ended_at is null
    and changed.status not in ('running', 'cancelling'))${also ? `,\n${also}` : ""}
select ${runColumns}${returning ? `, ${returning}` : ""} from changed`,
});

const held = "id = $1 and attempt = $3 and status in ('running', 'cancelling') for update";
const noLease = "lease_until = null, worker = null";
const noWish = "pause_requested = false";
const requeued = "queued_at = now(), delivered_attempt = null, delivered_at = null";

/**
 * After a worker let go of it: `$loss` counts deaths without progress, from `$most` on the run fails. A wish to pause
 * comes true at once: what is left to do waits for the user.
 */
const letGo = (loss: string, most: string): string => `${noLease}, ${requeued},
  losses = run.losses + ${loss}, ${noWish},
  status = case when old.status = 'cancelling' then 'cancelled' when run.pause_requested then 'paused'
    when ${loss} > 0 and run.losses + ${loss} >= ${most} then 'failed' else 'queued' end,
  failure = case when old.status = 'running' and not run.pause_requested and ${loss} > 0 and run.losses + ${loss} >= ${most}
    then jsonb_build_object('reason', 'lost-worker', 'step', run.step, 'message',
      format('The worker died %s times without reaching a new checkpoint.', run.losses + ${loss})) end,
  ended_at = case when old.status = 'cancelling'
    or (not run.pause_requested and ${loss} > 0 and run.losses + ${loss} >= ${most}) then now() end`;

/** $3 attempt, $4 backend, $5 horizon, $6 parameters */
export const started = transition("run-started", {
  where: held,
  set: "backend = $4::jsonb, horizon = $5::int, parameters = $6::int, started_at = coalesce(run.started_at, now())",
});

export const requestCancel = transition("run-request-cancel", {
  where: "id = $1 and status in ('queued', 'paused', 'running', 'cancelling') for update",
  set: `status = case when old.status in ('running', 'cancelling') then 'cancelling' else 'cancelled' end,
  ${noWish}, ended_at = case when old.status in ('queued', 'paused') then now() end`,
});

export const requestPause = transition("run-request-pause", {
  where: "id = $1 and kind <> 'external' and status in ('queued', 'running') for update",
  set: `status = case when old.status = 'queued' then 'paused' else old.status end,
  pause_requested = old.status = 'running'`,
});

/** $3 attempt, $4 outcome, $5 failure, $6 summary, $7 … $10 the columns of the summary */
export const finish = transition("run-finish", {
  where: held,
  set: `${noLease}, ${noWish}, stale = false,
  status = case when old.status = 'cancelling' and $4::text = 'paused' then 'cancelled' else $4::text end,
  ended_at = case when old.status = 'cancelling' or $4::text <> 'paused' then now() end,
  failure = $5::jsonb, summary = coalesce($6::jsonb, run.summary), best_validation_loss = $7::float8,
  final_validation_loss = $8::float8, final_train_loss = $9::float8, seconds = $10::float8`,
});

/** $3 attempt, $4 loss (0 or 1), $5 most losses */
export const requeue = transition("run-requeue", { where: held, set: letGo("$4::int", "$5::int") });

/** $3 most losses, $4 limit */
export const recoverLost = transition("run-recover-lost", {
  where: `$1::uuid is null and status in ('running', 'cancelling') and lease_until < now()
    order by lease_until limit $4 for update skip locked`,
  set: letGo("1", "$3::int"),
});

export const resume = transition("run-resume", {
  where: "id = $1 and status = 'paused' for update",
  set: `status = 'queued', ${requeued}`,
});

/** $3 checkpoint | start */
export const retry = transition("run-retry", {
  where: "id = $1 and kind <> 'external' and status in ('failed', 'cancelled', 'paused') for update",
  set: `status = 'queued', ${requeued}, losses = 0, failure = null, summary = null, ended_at = null,
  best_validation_loss = null, final_validation_loss = null, final_train_loss = null, seconds = null`,
  also: `dropped as (
  delete from checkpoint c using changed where c.run_id = changed.id and $3::text = 'start'
  returning c.step, c.file, c.sha256, c.bytes)`,
  returning: "(select coalesce(jsonb_agg(to_jsonb(dropped)), '[]') from dropped) as dropped",
});

const closeEarlier = (why: string): string => `earlier as (
  update run_attempt a set ended_at = now(), why = '${why}' from changed
  where a.run_id = changed.id and a.attempt < changed.attempt and a.ended_at is null)`;

/** $3 the attempt wanted, $4 worker, $5 lease in ms */
export const claim = transition("run-claim", {
  where: `id = $1 and attempt = $3::int - 1
    and (status = 'queued' or (status = 'running' and lease_until < now())) for update`,
  set: `status = 'running', attempt = $3::int, worker = $4::text, failure = null,
  losses = run.losses + (old.status = 'running')::int, lease_until = now() + $5::int * interval '1 millisecond'`,
  also: closeEarlier("lost"),
});

/** An external run goes back; its log is cut in the same transaction. */
export const rewind = transition("run-rewind", {
  where: "id = $1 and kind = 'external' and status <> 'completed' for update",
  set: `status = case when old.status = 'cancelling' then 'cancelling' else 'running' end, attempt = run.attempt + 1,
  ended_at = null, failure = null, summary = null, best_validation_loss = null, final_validation_loss = null,
  final_train_loss = null, seconds = null, appended_at = now(), stale = false`,
  also: closeEarlier("rewound"),
});
