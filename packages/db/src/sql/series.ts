import type { Statement } from "../pool.ts";

/** All series of run $1 with their tails. */
export const selectSeries: Statement = {
  name: "series-select",
  text: `select index, key, n, sealed, last_step as "lastStep", late, tail_step0 as step0, tail_stride as stride,
    tail_enc as enc, tail_steps as steps, tail_vals as vals
  from series where run_id = $1 order by index`,
};

/** Summaries of the sealed chunks of run $1, in order. */
export const selectChunkSummaries: Statement = {
  name: "series-chunk-summaries",
  text: `select index, n, step0 as "firstStep", step1 as "lastStep", last, min, min_step as "minStep", max,
    max_step as "maxStep", sum, area, non_finite as "nonFinite"
  from series_chunk where run_id = $1 order by index, chunk`,
};

/** The last chunk of series $2 of run $1 that begins before step $3. */
export const selectChunkBefore: Statement = {
  name: "series-chunk-before",
  text: `select chunk, step1, step0, stride, enc, steps, vals from series_chunk
  where run_id = $1 and index = $2 and step0 < $3 order by chunk desc limit 1`,
};

/** The points of series $2 of run $1 in its sealed chunks, in order. */
export const selectSeriesPoints: Statement = {
  name: "series-chunk-all",
  text: `select step0, stride, enc, steps, vals from series_chunk where run_id = $1 and index = $2 order by chunk`,
};

/** Deletes the chunks of run $1 from number $3[i] of series $2[i] on. */
export const deleteChunks: Statement = {
  name: "series-chunk-delete",
  text: `delete from series_chunk c using unnest($2::int[], $3::int[]) as cut (index, sealed)
  where c.run_id = $1 and c.index = cut.index and c.chunk >= cut.sealed`,
};
