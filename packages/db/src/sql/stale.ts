import type { Statement } from "../pool.ts";
import { heldStatus } from "./held-status.ts";

/** What every append says besides its points. A run that was stale changes, so that viewers are told. */
export const signOfLife = "appended_at = now(), revision = revision + stale::int, stale = false";

/** The client of external run $1, at attempt $2 after $3 appends, has nothing new and is there. No row when it stands elsewhere. */
export const noteAlive: Statement = {
  name: "run-note-alive",
  text: `update run set ${signOfLife}
  where id = $1 and attempt = $2 and appends = $3 and status in ('running', 'cancelling') returning ${heldStatus} as status`,
};

/** Marks the external runs that nothing was heard of for $1 ms; at most $2. */
export const markStale: Statement = {
  name: "run-mark-stale",
  text: `update run set stale = true, revision = revision + 1
  where id = any(array(
    select id from run where kind = 'external' and status in ('running', 'cancelling') and not stale
      and deleted_at is null
      and coalesce(appended_at, started_at, created_at) < now() - $1::float8 * interval '1 millisecond'
    limit $2 for update skip locked))
  returning id, study_id as "studyId"`,
};
