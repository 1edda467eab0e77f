/** Operations on laws of the loss. They remember nothing: a law is fitted to runs when it is asked for. */
import { FittedLaw, LawRequest, OptimisedSchedule, OptimiseRequest, RefinedSchedule, RefineRequest } from "../law.ts";
import type { Operation } from "./operation.ts";

export const lawOperations = {
  fitLaw: {
    method: "POST",
    path: "/v1/laws/fit",
    tag: "Laws",
    scope: "read",
    summary: "Fit a law of the loss to runs, and judge it on others",
    body: LawRequest,
    ok: { status: 200, body: FittedLaw },
    problems: [
      "run_not_found",
      "series_not_found",
      "runs_differ",
      "too_few_curves",
      "law_not_identified",
      "unusable_curve",
    ],
  },
  optimiseSchedule: {
    method: "POST",
    path: "/v1/laws/optimise",
    tag: "Laws",
    scope: "read",
    summary: "The schedule that ends lowest under a law fitted to runs",
    body: OptimiseRequest,
    ok: { status: 200, body: OptimisedSchedule },
    problems: [
      "run_not_found",
      "series_not_found",
      "runs_differ",
      "too_few_curves",
      "law_not_identified",
      "law_unreliable",
      "unusable_curve",
    ],
  },
  refineSchedule: {
    method: "POST",
    path: "/v1/laws/refine",
    tag: "Laws",
    scope: "read",
    summary: "The schedule that a finished run's gradient norms suggest",
    body: RefineRequest,
    ok: { status: 200, body: RefinedSchedule },
    problems: ["run_not_found", "run_active", "series_not_found", "unusable_curve"],
  },
} as const satisfies Record<string, Operation>;
