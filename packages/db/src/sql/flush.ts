import type { Statement } from "../pool.ts";
import { heldStatus } from "./held-status.ts";
import { signOfLife } from "./stale.ts";
import { seriesParameterCount, writeChunks, writeSeries } from "./write-columns.ts";

/**
 * The fenced append: the first part updates the run's row only while the claim holds, and every write joins it, so a
 * worker that lost its run writes nothing. Positions are absolute, so sending it again changes nothing; one that
 * arrives after a later one is stopped by \`total\`, and one of several writers that knows an older log by \`appends\`.
 * $1 run, $2 attempt, $3 total, $4 step, $5 lease in ms; then the checkpoint $6 … $10 (step null: none); $11 appends
 * before this one (null: there is no other writer); then series and chunks.
 */
const firstSeries = 12;

export const flush: Statement = {
  name: "flush",
  text: `with fence as (
  update run set total = $3::int, step = greatest(step, $4::int),
    lease_until = now() + $5::int * interval '1 millisecond',
    losses = case when $6::int is null then losses else 0 end, appends = appends + 1, ${signOfLife}
  where id = $1::uuid and attempt = $2::int and status in ('running', 'cancelling') and total <= $3::int
    and appends = coalesce($11::int, appends)
  returning id, appends, spec #>> '{checkpoint,keep}' as keep, ${heldStatus} as status),
tails as (
  ${writeSeries("fence", firstSeries)}),
sealed as (
  ${writeChunks("fence", firstSeries + seriesParameterCount)}),
registered as (
  insert into checkpoint (run_id, attempt, step, file, sha256, bytes, backend)
  select id, $2::int, $6::int, $7::text, $8::text, $9::bigint, $10::text from fence where $6::int is not null
  on conflict (run_id, step) do update set attempt = excluded.attempt, file = excluded.file,
    sha256 = excluded.sha256, bytes = excluded.bytes, backend = excluded.backend, created_at = now()),
dropped as (
  delete from checkpoint c using fence
  where c.run_id = fence.id and $6::int is not null and fence.keep is distinct from 'all' and c.step < (
    select max(kept.step) from checkpoint kept where kept.run_id = $1::uuid and kept.step < $6::int)
  returning c.step, c.file, c.sha256, c.bytes)
select status, appends, (select coalesce(jsonb_agg(to_jsonb(dropped) order by step), '[]') from dropped) as dropped from fence`,
};
