/** Operations on external runs: those that a client's own loop trains. Part of the table in ../operations.ts. */
import { FinishSpec, PointsReceipt, PointsSpec, RewindSpec } from "../points.ts";
import { GivenRate, RateSpec } from "../rates.ts";
import { Run } from "../run.ts";
import { type Operation, runParams } from "./operation.ts";

export const externalOperations = {
  writePoints: {
    method: "POST",
    path: "/v1/runs/:runId/points",
    tag: "External runs",
    scope: "write",
    summary: "Record points of an external run",
    description:
      "Up to a million points as JSON columns, or as one `points-appended` frame (application/vnd.etude.frame). Points that are recorded already, by ordinal, are skipped, so sending again is safe; a gap is refused. All or none.",
    params: runParams,
    body: PointsSpec,
    ok: { status: 200, body: PointsReceipt },
    problems: ["run_not_found", "run_not_active", "run_kind_refused", "points_gap", "attempt_over"],
  },
  nextRate: {
    method: "POST",
    path: "/v1/runs/:runId/rates",
    tag: "External runs",
    scope: "write",
    summary: "The learning rate for the next step",
    description:
      "Under the schedule that the run names, a learned policy too; the server keeps its state. Steps are asked in order, with the loss of the update before. Asking again for a step gives the same rate. After a rewind it goes on from there, or from the last step before it whose state is kept: the last 256, and every 1000th.",
    params: runParams,
    body: RateSpec,
    ok: { status: 200, body: GivenRate },
    problems: [
      "run_not_found",
      "run_not_active",
      "run_kind_refused",
      "attempt_over",
      "rate_step_refused",
      "combination_refused",
    ],
  },
  rewindRun: {
    method: "POST",
    path: "/v1/runs/:runId/rewind",
    tag: "External runs",
    scope: "write",
    summary: "Take an external run back to a step",
    description:
      "Drops the points at this step and later, and opens a new attempt. A failed or cancelled run is running again.",
    params: runParams,
    body: RewindSpec,
    ok: { status: 200, body: Run },
    problems: ["run_not_found", "run_not_active", "run_kind_refused"],
  },
  finishRun: {
    method: "POST",
    path: "/v1/runs/:runId/finish",
    tag: "External runs",
    scope: "write",
    summary: "End an external run",
    description: "Ending it again with the same outcome is no error.",
    params: runParams,
    body: FinishSpec,
    ok: { status: 200, body: Run },
    problems: ["run_not_found", "run_not_active", "run_kind_refused"],
  },
} as const satisfies Record<string, Operation>;
