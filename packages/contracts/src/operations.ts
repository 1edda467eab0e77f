/**
 * The table of HTTP operations: routes, validation, OpenAPI, SDK and CLI types all come from here.
 * A handler lives in apps/api/src/routes under the operation's name.
 */
import { z } from "zod";
import { ApiKey, ApiKeySpec, NewApiKey, type Scope, Session, SessionSpec } from "./access.ts";
import { Catalogue, Conversion, ForeignSchedule, Preview, PreviewSpec } from "./catalogue.ts";
import { KeyId, RunId, StudyId } from "./ids.ts";
import type { ProblemCode } from "./problems.ts";
import { externalOperations } from "./external-operations.ts";
import { Checkpoint, Run, RunSpec, RunStatus, Tags } from "./run.ts";
import { History, HistoryQuery, LogLine, SeriesSummary } from "./series.ts";
import { Study, StudyName, StudySpec } from "./study.ts";
import { ServerInfo } from "./info.ts";

export interface Operation {
  readonly method: "GET" | "POST" | "DELETE" | "PATCH";
  readonly path: string;
  readonly tag: "Runs" | "External runs" | "History" | "Schedules" | "Studies" | "Access" | "Server";
  readonly summary: string;
  readonly description?: string;
  /** What a key must be allowed; `none` is open to everybody. */
  readonly scope: Scope | "none";
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly ok: { readonly status: 200 | 201 | 202 | 204; readonly body?: z.ZodType };
  readonly problems: readonly ProblemCode[];
}

const runParams = z.object({ runId: RunId });
const StudyRef = z.union([StudyId, StudyName]).describe("Id of a study, or a name: made when no study has it.");

/** How many rows a page has, and where it starts. */
const page = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional().describe("`next` of the page before."),
};
const oneOrMore = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);

export const RunFilter = z.object({
  status: oneOrMore(RunStatus).optional().describe("Repeat the parameter for several."),
  studyId: StudyId.optional(),
  schedule: z.string().max(64).optional().describe("Kind of the schedule."),
  model: z.string().max(64).optional(),
  dataset: z.string().max(64).optional(),
  optimizer: z.string().max(64).optional(),
  tag: oneOrMore(z.string().regex(/^[\w.-]{1,64}(=.{0,256})?$/))
    .optional()
    .describe("key or key=value; all must match."),
  q: z.string().max(200).optional().describe("Part of the name."),
  order: z.enum(["newest", "oldest", "best-validation-loss", "final-validation-loss", "name"]).default("newest"),
  ...page,
});

export const RunPatch = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    tags: Tags.optional().describe("Replaces all tags."),
  })
  .meta({ id: "RunPatch" });

export const operations = {
  createRun: {
    method: "POST",
    path: "/v1/runs",
    tag: "Runs",
    scope: "write",
    summary: "Create a run",
    description:
      "A training run is queued, an external run is running at once. An Idempotency-Key header makes a repeated request return the first run.",
    query: z.object({ study: StudyRef.optional() }),
    body: RunSpec,
    ok: { status: 202, body: Run },
    problems: ["study_not_found", "run_not_found", "combination_refused", "idempotency_conflict"],
  },
  createRuns: {
    method: "POST",
    path: "/v1/runs/batch",
    tag: "Runs",
    scope: "write",
    summary: "Queue several runs at once, all or none",
    body: z
      .strictObject({ study: StudyRef.optional(), runs: z.array(RunSpec).min(1).max(1000) })
      .meta({ id: "RunBatch" }),
    ok: { status: 202, body: z.object({ runs: z.array(Run) }) },
    problems: ["study_not_found", "run_not_found", "combination_refused", "idempotency_conflict"],
  },
  listRuns: {
    method: "GET",
    path: "/v1/runs",
    tag: "Runs",
    scope: "read",
    summary: "List runs",
    query: RunFilter,
    ok: { status: 200, body: z.object({ runs: z.array(Run), next: z.string().nullable(), total: z.int() }) },
    problems: ["invalid_cursor"],
  },
  getRun: {
    method: "GET",
    path: "/v1/runs/:runId",
    tag: "Runs",
    scope: "read",
    summary: "Read one run",
    params: runParams,
    ok: { status: 200, body: Run },
    problems: ["run_not_found"],
  },
  updateRun: {
    method: "PATCH",
    path: "/v1/runs/:runId",
    tag: "Runs",
    scope: "write",
    summary: "Rename or retag a run",
    params: runParams,
    body: RunPatch,
    ok: { status: 200, body: Run },
    problems: ["run_not_found"],
  },
  cancelRun: {
    method: "POST",
    path: "/v1/runs/:runId/cancel",
    tag: "Runs",
    scope: "write",
    summary: "Stop a run",
    description: "The worker stops within a step; what was recorded stays. Cancelling twice is no error.",
    params: runParams,
    ok: { status: 202, body: Run },
    problems: ["run_not_found", "run_not_active"],
  },
  pauseRun: {
    method: "POST",
    path: "/v1/runs/:runId/pause",
    tag: "Runs",
    scope: "write",
    summary: "Pause a run",
    description:
      "The worker writes a checkpoint, then the status is paused; a run that waits is paused at once. Pausing twice is no error.",
    params: runParams,
    ok: { status: 202, body: Run },
    problems: ["run_kind_refused", "run_not_found", "run_not_active"],
  },
  resumeRun: {
    method: "POST",
    path: "/v1/runs/:runId/resume",
    tag: "Runs",
    scope: "write",
    summary: "Let a paused run go on",
    description: "It is queued and continues from its last checkpoint with the numbers of an undisturbed run.",
    params: runParams,
    ok: { status: 202, body: Run },
    problems: ["run_not_found", "run_not_active", "run_active"],
  },
  retryRun: {
    method: "POST",
    path: "/v1/runs/:runId/retry",
    tag: "Runs",
    scope: "write",
    summary: "Queue a failed or cancelled run again",
    params: runParams,
    body: z
      .strictObject({ from: z.enum(["checkpoint", "start"]).default("checkpoint") })
      .prefault({})
      .meta({ id: "RetrySpec" }),
    ok: { status: 202, body: Run },
    problems: ["run_kind_refused", "run_not_found", "run_active", "run_not_active"],
  },
  cloneRun: {
    method: "POST",
    path: "/v1/runs/:runId/clone",
    tag: "Runs",
    scope: "write",
    summary: "Queue a copy of a run with changes",
    description:
      "`changes` is a JSON merge patch (RFC 7396) on the spec; replace a whole schedule by giving its `kind`.",
    params: runParams,
    body: z
      .strictObject({ changes: z.record(z.string(), z.unknown()).default({}), study: StudyRef.optional() })
      .prefault({})
      .meta({ id: "CloneSpec" }),
    ok: { status: 202, body: Run },
    problems: ["run_not_found", "study_not_found", "combination_refused"],
  },
  deleteRun: {
    method: "DELETE",
    path: "/v1/runs/:runId",
    tag: "Runs",
    scope: "write",
    summary: "Delete an ended run and its history",
    params: runParams,
    ok: { status: 204 },
    problems: ["run_not_found", "run_active", "run_in_use"],
  },

  listCheckpoints: {
    method: "GET",
    path: "/v1/runs/:runId/checkpoints",
    tag: "Runs",
    scope: "read",
    summary: "Checkpoints that a run can be resumed from",
    description: "Oldest first; the last two are kept.",
    params: runParams,
    ok: { status: 200, body: z.object({ checkpoints: z.array(Checkpoint) }) },
    problems: ["run_not_found"],
  },

  ...externalOperations,

  listSeries: {
    method: "GET",
    path: "/v1/runs/:runId/series",
    tag: "History",
    scope: "read",
    summary: "Summaries of a run's series",
    params: runParams,
    ok: { status: 200, body: z.object({ series: z.array(SeriesSummary) }) },
    problems: ["run_not_found"],
  },
  getHistory: {
    method: "GET",
    path: "/v1/runs/:runId/history",
    tag: "History",
    scope: "read",
    summary: "Points of a run",
    description: "Exact, or in buckets that keep min, max and last, so that a one-step spike is always visible.",
    params: runParams,
    query: HistoryQuery,
    ok: { status: 200, body: History },
    problems: ["run_not_found", "series_not_found"],
  },
  getLog: {
    method: "GET",
    path: "/v1/runs/:runId/log",
    tag: "History",
    scope: "read",
    summary: "Log lines of a run",
    params: runParams,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0).describe("Id of the last line you have."),
      limit: z.coerce.number().int().min(1).max(5000).default(1000),
    }),
    ok: { status: 200, body: z.object({ lines: z.array(LogLine) }) },
    problems: ["run_not_found"],
  },

  getCatalogue: {
    method: "GET",
    path: "/v1/catalogue",
    tag: "Schedules",
    scope: "read",
    summary: "Schedules, models, datasets and optimizers with their parameter schemas",
    ok: { status: 200, body: Catalogue },
    problems: [],
  },
  previewSchedule: {
    method: "POST",
    path: "/v1/schedules/preview",
    tag: "Schedules",
    scope: "read",
    summary: "The rates of a schedule without training",
    body: PreviewSpec,
    ok: { status: 200, body: Preview },
    problems: ["run_not_found", "series_not_found"],
  },
  convertSchedule: {
    method: "POST",
    path: "/v1/schedules/convert",
    tag: "Schedules",
    scope: "read",
    summary: "Turn a PyTorch, Transformers or Keras scheduler into an Etude schedule",
    body: ForeignSchedule,
    ok: { status: 200, body: Conversion },
    problems: ["conversion_failed"],
  },
  traceSchedules: {
    method: "POST",
    path: "/v1/schedules/trace",
    tag: "Schedules",
    scope: "read",
    summary: "Rates step by step of foreign or own schedules",
    body: z
      .strictObject({ cases: z.array(z.record(z.string(), z.unknown())).min(1).max(1000) })
      .meta({ id: "TraceSpec" }),
    ok: { status: 200, body: z.object({ traces: z.array(z.object({ lr: z.array(z.number()) })) }) },
    problems: ["conversion_failed", "past_end"],
  },

  createStudy: {
    method: "POST",
    path: "/v1/studies",
    tag: "Studies",
    scope: "write",
    summary: "Make a study",
    body: StudySpec,
    ok: { status: 201, body: Study },
    problems: ["study_exists"],
  },
  listStudies: {
    method: "GET",
    path: "/v1/studies",
    tag: "Studies",
    scope: "read",
    summary: "List studies, newest first",
    query: z.object(page),
    ok: { status: 200, body: z.object({ studies: z.array(Study), next: z.string().nullable() }) },
    problems: ["invalid_cursor"],
  },
  getStudy: {
    method: "GET",
    path: "/v1/studies/:studyId",
    tag: "Studies",
    scope: "read",
    summary: "Read one study",
    params: z.object({ studyId: StudyId }),
    ok: { status: 200, body: Study },
    problems: ["study_not_found"],
  },

  createKey: {
    method: "POST",
    path: "/v1/keys",
    tag: "Access",
    scope: "admin",
    summary: "Make an API key",
    description: "The key itself is shown in this answer only.",
    body: ApiKeySpec,
    ok: { status: 201, body: NewApiKey },
    problems: [],
  },
  listKeys: {
    method: "GET",
    path: "/v1/keys",
    tag: "Access",
    scope: "admin",
    summary: "List API keys",
    ok: { status: 200, body: z.object({ keys: z.array(ApiKey) }) },
    problems: [],
  },
  revokeKey: {
    method: "DELETE",
    path: "/v1/keys/:keyId",
    tag: "Access",
    scope: "admin",
    summary: "Revoke an API key",
    params: z.object({ keyId: KeyId }),
    ok: { status: 204 },
    problems: ["key_not_found"],
  },
  createSession: {
    method: "POST",
    path: "/v1/sessions",
    tag: "Access",
    scope: "none",
    summary: "Trade a key for a browser session cookie",
    body: SessionSpec,
    ok: { status: 201, body: Session },
    problems: ["unauthenticated"],
  },
  getSession: {
    method: "GET",
    path: "/v1/sessions/current",
    tag: "Access",
    scope: "read",
    summary: "What the caller may do",
    ok: { status: 200, body: Session },
    problems: [],
  },
  deleteSession: {
    method: "DELETE",
    path: "/v1/sessions/current",
    tag: "Access",
    scope: "none",
    summary: "Log out",
    ok: { status: 204 },
    problems: [],
  },

  getInfo: {
    method: "GET",
    path: "/v1/info",
    tag: "Server",
    scope: "read",
    summary: "Version, services and workers",
    ok: { status: 200, body: ServerInfo },
    problems: [],
  },
} as const satisfies Record<string, Operation>;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
