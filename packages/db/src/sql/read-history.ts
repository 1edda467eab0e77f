import type { Statement } from "../pool.ts";

/** Where the runs $1 stand. */
export const selectPositions: Statement = {
  name: "run-positions",
  text: `select id, attempt, total, revision, lines from run where id = any($1::uuid[]) and deleted_at is null`,
};

/** Extents of the chunks of run $1, series $2, that hold steps from $3 to $4. */
export const selectChunkExtents: Statement = {
  name: "chunk-extents",
  text: `select index, chunk, step0, step1, stride, n from series_chunk
  where run_id = $1 and index = any($2::int[]) and step1 >= $3::float8 and step0 <= $4::float8 order by index, chunk`,
};

/** Chunks $3 of series $2 of run $1 with their points. */
export const selectChunks: Statement = {
  name: "chunk-points",
  text: `select chunk, step0, stride, enc, steps, vals from series_chunk
  where run_id = $1 and index = $2 and chunk = any($3::int[]) order by chunk`,
};

/** Chunks $3 of series $2 of run $1 as their blocks. */
export const selectChunkBlocks: Statement = {
  name: "chunk-blocks",
  text: `select chunk, step0, stride, enc, case when stride is null then steps end as steps, blocks from series_chunk
  where run_id = $1 and index = $2 and chunk = any($3::int[]) order by chunk`,
};

/** Summaries of the series of run $1. */
export const selectSummaries: Statement = {
  name: "series-summaries",
  text: `select index, key, n, first_step as "firstStep", last_step as "lastStep", last, min, min_step as "minStep",
    max, max_step as "maxStep", sum, non_finite as "nonFinite", late from series where run_id = $1 order by index`,
};

/** The value of series $2 at step $3, of those of the runs $1 that have one. */
export const selectValuesAt: Statement = {
  name: "series-values-at",
  text: `select id, value from (
    select run_id as id, series_value_at(run_id, index, $3::float8) as value
    from series where key = $2 and run_id = any($1::uuid[])) found
  where value is not null`,
};
