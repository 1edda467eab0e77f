import type { Statement } from "../pool.ts";

/** Where the rates of run $1 stand: the last one given, and the one for step $2 if it was given. */
export const selectRates: Statement = {
  name: "rate-select",
  text: `select run.kind, run.status, run.attempt, last.step, last.rate, last.state, asked.rate as known
  from run
  left join lateral (
    select step, rate, state from run_rate where run_id = run.id order by step desc limit 1) last on true
  left join run_rate asked on asked.run_id = run.id and asked.step = $2
  where run.id = $1 and run.deleted_at is null`,
};

/**
 * Keeps the rate $4 of run $1 for step $3, asked for with the losses $5 and $6, and the state $7 after it, while the
 * run is active at attempt $2. One of several callers wins; the others read what it wrote. Of the steps before, the
 * last $8 are kept and every $9th: where a rewound run can go on from.
 */
export const keepRate: Statement = {
  name: "rate-keep",
  text: `with fence as (
  select id from run where id = $1 and attempt = $2 and status in ('running', 'cancelling') and deleted_at is null
  for share),
kept as (
  insert into run_rate (run_id, step, attempt, rate, loss, eval_loss, state)
  select id, $3::int, $2::int, $4::float8, $5::float8, $6::float8, $7::jsonb from fence
  on conflict (run_id, step) do nothing returning step),
thinned as (
  delete from run_rate r using kept
  where r.run_id = $1 and r.step = kept.step - $8::int and (r.step + 1) % $9::int <> 0)
select (select count(*)::int from kept) as kept from fence`,
};

/** Forgets the rates of run $1 from step $2 on. */
export const cutRates: Statement = {
  name: "rate-cut",
  text: "delete from run_rate where run_id = $1 and step >= $2",
};
