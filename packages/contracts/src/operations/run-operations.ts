/** Operations on runs. */
import { z } from "zod";
import { StudyId } from "../ids.ts";
import { Checkpoint, Run, RunSpec, RunStatus } from "../run.ts";
import { Tags } from "../spec-parts.ts";
import { oneOrMore, type Operation, page, runParams, StudyRef } from "./operation.ts";

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

/** Why a spec that fits its schema is refused all the same. */
const refusedSpecs = [
  "study_not_found",
  "run_not_found",
  "upload_not_found",
  "combination_refused",
  "dataset_refused",
] as const;

export const runOperations = {
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
    problems: [...refusedSpecs, "idempotency_conflict"],
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
    problems: [...refusedSpecs, "idempotency_conflict"],
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
    problems: ["run_kind_refused", "run_not_found", "run_active", "run_not_active", "upload_not_found"],
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
    problems: refusedSpecs,
  },
  forkRun: {
    method: "POST",
    path: "/v1/runs/:runId/fork",
    tag: "Runs",
    scope: "write",
    summary: "Queue a run that goes on from a checkpoint of this one",
    description:
      "With `changes` (a JSON merge patch on the spec, such as another schedule or a longer budget) from the step on. `step` is one of GET /v1/runs/{id}/checkpoints; absent: the last. Model and dataset stay.",
    params: runParams,
    body: z
      .strictObject({
        step: z.int().min(1).optional(),
        changes: z.record(z.string(), z.unknown()).default({}),
        study: StudyRef.optional(),
      })
      .prefault({})
      .meta({ id: "ForkSpec" }),
    ok: { status: 202, body: Run },
    problems: refusedSpecs,
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
} as const satisfies Record<string, Operation>;
