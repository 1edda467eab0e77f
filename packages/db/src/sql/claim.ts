import type { Statement } from "../pool.ts";
import { writeChunks, writeSeries } from "./write-columns.ts";

/** The checkpoint that run $1 resumes from: its own last one, or the one of another run that it continues. */
export const selectCheckpoint: Statement = {
  name: "checkpoint-select",
  text: `select * from (
    select step, file, sha256, bytes::float8 as bytes, backend from checkpoint where run_id = $1
    union all
    select (origin ->> 'step')::int, '', origin ->> 'checkpoint', (origin ->> 'bytes')::float8, null
    from run, lateral (select spec -> 'continueFrom' as origin) as named
    where id = $1 and origin is not null) as known
  order by step desc limit 1`,
};

/** Rewrites the series of run $1 that were cut. */
export const rewriteSeries: Statement = {
  name: "series-rewrite",
  text: writeSeries("(select $1::uuid as id)", 2),
};

/** Adds sealed chunks to run $1. */
export const insertChunks: Statement = {
  name: "series-chunk-insert",
  text: writeChunks("(select $1::uuid as id)", 2),
};

/** Records attempt $2 of run $1 by worker $3, resumed at step $4 with the counts $5 and $6 points in all. */
export const recordAttempt: Statement = {
  name: "run-attempt-record",
  text: `with resumed as (update run set total = $6::int, step = $4::int where id = $1::uuid)
  insert into run_attempt (run_id, attempt, worker, resumed_at, counts)
  values ($1::uuid, $2::int, $3::text, $4::int, $5::int[])`,
};
