import type { Statement } from "../pool.ts";

/**
 * Numbers and appends log lines under the run's row, so that numbers appear in order. $1 run, $2 attempt, $3 levels,
 * $4 messages. No row when the claim no longer holds.
 */
export const appendLines: Statement = {
  name: "log-append",
  text: `with fence as (
  update run set lines = lines + cardinality($3::text[])
  where id = $1::uuid and attempt = $2::int and status in ('running', 'cancelling')
  returning id, attempt, lines - cardinality($3::text[]) as before, lines),
written as (
  insert into run_log (run_id, attempt, line, level, message)
  select fence.id, fence.attempt, fence.before + line.at, line.level, line.message
  from fence, unnest($3::text[], $4::text[]) with ordinality as line (level, message, at))
select lines as last from fence`,
};

/** Lines of run $1 after number $2, at most $3. */
export const selectLines: Statement = {
  name: "log-select",
  text: `select line as id, at, attempt, level, message from run_log
  where run_id = $1 and line > $2 order by line limit $3`,
};
