import type { Statement } from "../pool.ts";

/**
 * What follows a cursor, in the snapshot of one statement. $1 run, $2 the holder's attempt, $3 its counts by index.
 * `mine` says how many points of each series the holder keeps: what it has, cut by every attempt since its own.
 * The first row is the head; each further row is a chunk or a tail with points the holder lacks, by ordinal, so that
 * any number of them from the start continues each series without a gap.
 */
const mine = `with r as (
  select attempt, total, revision, lines from run where id = $1::uuid and deleted_at is null),
mine as (
  select s.index, s.key, s.n, s.sealed, least(coalesce(($3::int[])[s.index + 1], 0), (
    select min(coalesce(a.counts[s.index + 1], 0)) from run_attempt a
    where a.run_id = $1::uuid and a.attempt > $2::int)) as have
  from series s where s.run_id = $1::uuid),
head as (
  select jsonb_build_object('attempt', r.attempt, 'total', r.total, 'revision', r.revision, 'lines', r.lines,
    'rewoundTo', (select min(a.resumed_at) from run_attempt a where a.run_id = $1::uuid and a.attempt > $2::int),
    'series', coalesce((
      select jsonb_agg(jsonb_build_object('index', index, 'key', key, 'n', n, 'have', have) order by index) from mine
    ), '[]')) as head
  from r)`;

const tail = `select null::jsonb, s.index, s.sealed * 1024, s.n - s.sealed * 1024, s.tail_step0, s.tail_stride,
    s.tail_enc, s.tail_steps, s.tail_vals, null::bytea
  from mine join series s on s.run_id = $1::uuid and s.index = mine.index
  where mine.have < s.n and s.n > s.sealed * 1024`;

/** $4: rows at most */
export const readAfter: Statement = {
  name: "read-after",
  text: `${mine}
select head.head, null::int as index, -1 as first, null::int as n, null::float8 as step0, null::float8 as stride,
    null::smallint as enc, null::bytea as steps, null::bytea as vals, null::bytea as blocks from head
union all
(select * from (
  select null::jsonb, c.index, c.chunk * 1024 as first, c.n, c.step0, c.stride, c.enc, c.steps, c.vals, null::bytea
  from mine join series_chunk c on c.run_id = $1::uuid and c.index = mine.index and c.chunk >= mine.have / 1024
  where mine.have < mine.sealed * 1024
  union all
  ${tail}
) piece order by first, index limit $4::int)
order by first, index`,
};

/** The same without points: whole chunks come as their blocks. */
export const summariseAfter: Statement = {
  name: "summarise-after",
  text: `${mine}
select head.head, null::int as index, -1 as first, null::int as n, null::float8 as step0, null::float8 as stride,
    null::smallint as enc, null::bytea as steps, null::bytea as vals, null::bytea as blocks from head
union all
(select null::jsonb, c.index, c.chunk * 1024 as first, c.n, c.step0, c.stride, c.enc, c.steps,
    case when c.chunk * 1024 < mine.have then c.vals end, case when c.chunk * 1024 >= mine.have then c.blocks end
  from mine join series_chunk c on c.run_id = $1::uuid and c.index = mine.index and c.chunk >= mine.have / 1024
  where mine.have < mine.sealed * 1024
union all
${tail})
order by first, index`,
};
