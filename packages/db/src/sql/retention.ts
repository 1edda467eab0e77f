import type { Statement } from "../pool.ts";

/**
 * Ended runs under the policies $1 (a JSON array of { studyId, rules }), each with what holds of it. A study's own
 * policy comes before the one of all others.
 */
const judged = `with policy as (
  select p."studyId" as study_id, p.rules
  from jsonb_to_recordset($1::jsonb) as p ("studyId" uuid, rules jsonb)),
ended as (
  select run.*, policy.rules,
    case policy.rules #>> '{keepBest,metric}' when 'best-validation-loss' then best_validation_loss
      when 'final-validation-loss' then final_validation_loss else final_train_loss end as metric
  from run join policy on policy.study_id = run.study_id
    or (policy.study_id is null and not exists (select from policy own where own.study_id = run.study_id))
  where run.deleted_at is null and run.status in ('completed', 'failed', 'cancelled')),
ranked as (
  select ended.*, rank() over (partition by study_id order by metric nulls last, number) as place from ended),
judged as (
  select id, name, study_id, ended_at, total, rules,
    ended_at < now() - (rules ->> 'deleteAfterDays')::float8 * interval '1 day' as old,
    metric is not null and place <= (rules #>> '{keepBest,count}')::int as best,
    tags && array(select jsonb_array_elements_text(rules -> 'keepTags')) as tagged,
    exists (select from run_need n join run waiting on waiting.id = n.run_id
      where n.needs_id = ranked.id and waiting.deleted_at is null
        and waiting.status in ('queued', 'running', 'cancelling', 'paused')) as needed
  from ranked),
going as (
  select * from judged where old and not coalesce(best, false) and not tagged and not needed),
thinning as (
  select j.id from judged j
  where j.ended_at < now() - (j.rules ->> 'thinSystemAfterDays')::float8 * interval '1 day'
    and not exists (select from going where going.id = j.id)
    and exists (select from series s where s.run_id = j.id and s.key like 'system/%' and s.n > 64)
    and not exists (select from run_attempt a where a.run_id = j.id and a.worker = 'retention'))`;

/** What the policies $1 would do. */
export const previewRetention: Statement = {
  name: "retention-preview",
  text: `${judged}
select jsonb_build_object(
  'delete', jsonb_build_object('runs', (select count(*) from going),
    'points', (select coalesce(sum(total), 0) from going),
    'first', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'studyId', study_id,
        'endedAt', to_char(ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'points', total)
        order by ended_at, id), '[]')
      from (select * from going order by ended_at, id limit 100) first)),
  'keep', (select jsonb_build_object(
    'best', count(*) filter (where best),
    'tagged', count(*) filter (where tagged and not coalesce(best, false)),
    'needed', count(*) filter (where needed and not tagged and not coalesce(best, false)))
    from judged where old),
  'thin', jsonb_build_object('runs', (select count(*) from thinning))) as preview`,
};

/** Up to $2 runs that the policies $1 delete, the oldest first. */
export const selectGoing: Statement = {
  name: "retention-going",
  text: `${judged} select id, study_id as "studyId" from going order by ended_at, id limit $2`,
};

/** Up to $2 runs whose system series the policies $1 thin. */
export const selectThinning: Statement = {
  name: "retention-thinning",
  text: `${judged} select id from thinning order by id limit $2`,
};

/** Locks run $1 if it has ended. */
export const lockEnded: Statement = {
  name: "retention-lock",
  text: `select attempt, step from run where id = $1 and deleted_at is null
    and status in ('completed', 'failed', 'cancelled') for update`,
};

/** Opens attempt $2 of run $1 for a rewritten log. */
export const openAttempt: Statement = {
  name: "retention-attempt",
  text: "update run set attempt = $2, revision = revision + 1, appends = appends + 1 where id = $1",
};
