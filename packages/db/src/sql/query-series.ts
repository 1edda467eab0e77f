import type { Statement } from "../pool.ts";

/**
 * The series asked for, with their tails: of run $1[i] the key $2[i], and which chunks hold steps from $3[i] to $4[i].
 * Chunks are only looked at where the range is narrower than the series.
 */
export const selectQueriedSeries: Statement = {
  name: "query-series",
  text: `select w.i::int - 1 as at, s.index, s.key, s.n, s.sealed, s.first_step as "firstStep", s.last_step as "lastStep",
    s.tail_step0 as step0, s.tail_stride as stride, s.tail_enc as enc, s.tail_steps as steps, s.tail_vals as vals,
    run.attempt, coalesce(e.lo, 0) as lo, coalesce(e.hi, case when e.bounded then -1 else s.sealed - 1 end) as hi,
    coalesce(e.bounded, false) as bounded
  from unnest($1::uuid[], $2::text[], $3::float8[], $4::float8[]) with ordinality w (run_id, key, low, high, i)
  join run on run.id = w.run_id and run.deleted_at is null
  join series s on s.run_id = w.run_id and s.key = w.key
  left join lateral (
    select min(c.chunk) as lo, max(c.chunk) as hi, true as bounded from series_chunk c
    where c.run_id = s.run_id and c.index = s.index and c.step1 >= w.low and c.step0 <= w.high
  ) e on w.low > s.first_step or w.high < s.last_step
  order by w.i`,
};

const spans = "unnest($1::uuid[], $2::int[], $3::int[], $4::int[]) with ordinality w (run_id, idx, lo, hi, i)";
const chunksOf = "c.run_id = w.run_id and c.index = w.idx and c.chunk between w.lo and w.hi";

/** Points of chunks $3[i] to $4[i] of series $2[i] of run $1[i]. */
export const selectSpanPoints: Statement = {
  name: "query-points",
  text: `select w.i::int - 1 as at, c.chunk, c.step0, c.stride, c.enc, c.steps, c.vals
  from ${spans} join series_chunk c on ${chunksOf} order by w.i, c.chunk`,
};

/** The same chunks as their blocks of 64 points. */
export const selectSpanBlocks: Statement = {
  name: "query-blocks",
  text: `select w.i::int - 1 as at, c.chunk, c.step0, c.stride, c.enc, case when c.stride is null then c.steps end as steps,
    c.blocks
  from ${spans} join series_chunk c on ${chunksOf} order by w.i, c.chunk`,
};

/**
 * The same chunks folded into buckets of 1/$6[i] steps that begin at step $5[i], by the summaries of the chunks alone:
 * the work for a million points is that for a thousand rows. A chunk counts where its last step lies.
 */
export const selectSpanBuckets: Statement = {
  name: "query-buckets",
  text: `select w.i::int - 1 as at, b.*
  from unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::float8[], $6::float8[]) with ordinality
    w (run_id, idx, lo, hi, first, per, i)
  cross join lateral (
    select max(c.step1) as step, (max(array[c.step1, c.last]))[2] as last, min(c.min) as min, max(c.max) as max,
      sum(c.sum) as sum, sum(c.n - c.non_finite)::int as finite, sum(c.n)::int as count
    from series_chunk c where ${chunksOf} group by floor((c.step1 - w.first) * w.per)) b
  order by w.i, b.step`,
};

/** What the axes need of the runs $1. */
export const selectRunFacts: Statement = {
  name: "query-run-facts",
  text: `select id, name, attempt, total, horizon, step,
    coalesce((spec ->> 'stepsPerEpoch')::float8, horizon / nullif((spec #>> '{budget,epochs}')::float8, 0)) as "stepsPerEpoch"
  from run where id = any($1::uuid[]) and deleted_at is null`,
};
