import type { Statement } from "../pool.ts";

/** Up to $1 ended runs whose rates have not been looked at since their last attempt, newest first. */
export const selectShapeless: Statement = {
  name: "query-shapeless",
  text: `select id, attempt from run
  where ended_at is not null and deleted_at is null and rate_shape_attempt is distinct from attempt
  order by number desc limit $1`,
};

/** Keeps the shapes $2[i] of the runs $1[i] at attempt $3[i], unless one has gone on meanwhile. */
export const updateShapes: Statement = {
  name: "query-keep-shapes",
  text: `update run set rate_shape = w.shape, rate_shape_attempt = w.attempt
  from unnest($1::uuid[], $2::bytea[], $3::int[]) w (id, shape, attempt)
  where run.id = w.id and run.attempt = w.attempt and run.ended_at is not null`,
};
