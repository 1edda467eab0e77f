/** Every error that Etude answers with, once: the handler, the OpenAPI document and the reference page read this table. */
export const problems = {
  validation_failed: {
    status: 400,
    title: "The request does not fit its schema",
    remedy: "Each entry of `errors` names a path, what was wrong and what is allowed.",
  },
  malformed_json: {
    status: 400,
    title: "The body is not JSON",
    remedy: "Send one JSON document with Content-Type application/json.",
  },
  invalid_cursor: {
    status: 400,
    title: "The cursor was not made by this server",
    remedy: "Send back a cursor exactly as you got it, or leave it out to start from the beginning.",
  },
  unauthenticated: {
    status: 401,
    title: "No valid key or session",
    remedy: "Send Authorization: Bearer <key>, or log in with POST /v1/sessions. Make a key with `etude keys create`.",
  },
  forbidden: { status: 403, title: "The key may not do this", remedy: "Use a key with the scope that `detail` names." },
  origin_refused: {
    status: 403,
    title: "This origin or host is not served",
    remedy: "Set ETUDE_PUBLIC_URL to the address that browsers use.",
  },
  not_found: { status: 404, title: "No such address", remedy: "See /docs for the operations." },
  method_not_allowed: {
    status: 405,
    title: "This address has other methods",
    remedy: "Use one of the methods that `detail` and the Allow header name.",
  },
  run_not_found: { status: 404, title: "No such run", remedy: "List runs with GET /v1/runs." },
  artifact_not_found: {
    status: 404,
    title: "The run has no such artifact",
    remedy: "List them with GET /v1/runs/{id}/artifacts; work leaves them when it ends.",
  },
  study_not_found: { status: 404, title: "No such study", remedy: "List studies with GET /v1/studies." },
  no_evidence: {
    status: 404,
    title: "No evidence matches",
    remedy: "Leave conditions out, or let runs finish first; `detail` says what there is.",
  },
  unknown_task: {
    status: 404,
    title: "No evidence knows this task",
    remedy: "Send `run` (a training without a schedule) or `described` instead; `detail` names known tasks.",
  },
  unknown_policy: {
    status: 404,
    title: "No such learned policy",
    remedy: "List policies with GET /v1/policies; one that is being trained has no weights yet.",
  },
  evidence_too_large: {
    status: 422,
    title: "This is too much for one file",
    remedy: "Narrow the filter below the limit in `detail`.",
  },
  key_not_found: { status: 404, title: "No such key", remedy: "List keys with GET /v1/keys." },
  upload_not_found: { status: 404, title: "No such upload", remedy: "List uploads with GET /v1/uploads." },
  policy_not_found: {
    status: 404,
    title: "No such retention policy",
    remedy: "List them with GET /v1/retention.",
  },
  series_not_found: {
    status: 404,
    title: "The run has no such series",
    remedy: "List its series with GET /v1/runs/{runId}/series.",
  },
  run_not_active: { status: 409, title: "The run has already ended", remedy: "Retry it, or clone it as a new run." },
  run_active: {
    status: 409,
    title: "The run is still active",
    remedy: "Cancel it first and wait until its status is cancelled.",
  },
  run_kind_refused: {
    status: 409,
    title: "This kind of run cannot do that",
    remedy: "Points, rewind and finish are for external runs; pausing and retrying are for runs that Etude trains.",
  },
  points_gap: {
    status: 409,
    title: "Points before these are missing",
    remedy: "Send each series from the ordinal in `errors` on; GET /v1/runs/{runId}/series tells how many it has.",
  },
  attempt_over: {
    status: 409,
    title: "The run is at another attempt",
    remedy: "The run was taken back since: read it and its series again, and go on from there.",
  },
  rate_step_refused: {
    status: 409,
    title: "Rates are asked for step by step",
    remedy: "Ask for the step in `errors`; after a rewind, ask again for the steps from there on with their losses.",
  },
  run_in_use: {
    status: 409,
    title: "A waiting run needs this one",
    remedy: "Cancel the runs that replay it, or let them finish.",
  },
  upload_in_use: {
    status: 409,
    title: "A waiting run needs this upload",
    remedy: "Cancel the runs that learn from it, or let them finish.",
  },
  idempotency_conflict: {
    status: 409,
    title: "This Idempotency-Key was used with another body",
    remedy: "Use a new key for a new request.",
  },
  study_exists: { status: 409, title: "A study of this name exists", remedy: "Use its id, or another name." },
  payload_too_large: { status: 413, title: "The body is too large", remedy: "Stay under the limit in `detail`." },
  unsupported_media_type: {
    status: 415,
    title: "This content type is not understood",
    remedy: "Send application/json.",
  },
  conversion_failed: {
    status: 422,
    title: "The configuration cannot be converted",
    remedy: "`detail` names the argument or scheduler and what is known.",
  },
  combination_refused: {
    status: 422,
    title: "These parts do not work together",
    remedy: "`detail` says which part lacks what.",
  },
  query_too_large: {
    status: 422,
    title: "The query asks for more than one answer may hold",
    remedy: "`detail` has the figures: ask for a width, a range, fewer runs or keys, or a format that is streamed.",
  },
  query_too_slow: {
    status: 422,
    title: "The query took too long",
    remedy: "Narrow it by what summaries know (schedule.kind, last, min, max) before values at a step.",
  },
  not_acceptable: {
    status: 406,
    title: "None of the accepted content types can be answered with",
    remedy: "`errors` lists those that can.",
  },
  dataset_refused: {
    status: 422,
    title: "The data cannot be used like this",
    remedy:
      "`detail` names the field, the column and the row: correct the file and upload it again, or change the field.",
  },
  upload_refused: {
    status: 422,
    title: "The file cannot be read as data",
    remedy: "`detail` says where: correct the file and send it again as CSV (UTF-8), NPY, NPZ or Parquet.",
  },
  too_few_curves: {
    status: 422,
    title: "A law needs more runs",
    remedy: "Name two or more runs of one task with different schedules in `train`.",
  },
  law_not_identified: {
    status: 422,
    title: "These runs do not tell what a decay does",
    remedy: "Add a run whose rate falls well before its end, such as cosine, wsd or two steps.",
  },
  law_unreliable: {
    status: 422,
    title: "The law cannot be relied on",
    remedy: "Add runs with other schedules or several seeds, and ask again.",
  },
  unusable_curve: {
    status: 422,
    title: "A recorded curve cannot be used like this",
    remedy: "`detail` names the run and what is wrong: take another run.",
  },
  runs_differ: {
    status: 422,
    title: "These runs do not train the same task",
    remedy: "Take runs that share dataset, model, optimizer and batch size.",
  },
  past_end: {
    status: 422,
    title: "The schedule ends before the steps asked for",
    remedy: "Ask for fewer steps, or a longer schedule.",
  },
  rate_limited: { status: 429, title: "Too many requests", remedy: "Wait for the seconds in Retry-After." },
  internal: { status: 500, title: "Etude failed", remedy: "Report it with the request id." },
  not_ready: {
    status: 503,
    title: "A service that this needs is away",
    remedy: "Try again in a few seconds; /health/ready says which.",
  },
  storage_full: {
    status: 507,
    title: "The disk of the database is full",
    remedy:
      "Free space there, or delete runs. What was acknowledged is kept; send the rest again, with the same ordinals, once there is room.",
  },
  overloaded: {
    status: 503,
    title: "The server is under pressure",
    remedy: "Try again after the seconds in Retry-After.",
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>;

export type ProblemCode = keyof typeof problems;
