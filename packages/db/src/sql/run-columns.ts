/** Columns of `run` under the names that the Prisma client uses, for statements that return runs. */
export const runColumns = `id, name, status, spec, study_id as "studyId", cloned_from as "clonedFrom", attempt, step, horizon,
  total, backend, parameters, failure, summary, pool, queued_at as "queuedAt", started_at as "startedAt",
  ended_at as "endedAt", appended_at as "appendedAt", stale, created_at as "createdAt"`;
