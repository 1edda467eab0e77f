/** The unit of the rate that carries over between tasks. */
import type { ScheduleSpec } from "@etude/catalog";
import type { Evidence, NewEvidenceTask, TaskFeatures } from "@etude/contracts";
import { baseRateOf, boundMultipleOf } from "./scale-schedule.ts";

type RateUnit = Evidence["rateUnit"];
interface RatedTask {
  readonly optimizer: string;
  readonly momentum?: number | undefined;
  readonly model?: string | undefined;
  readonly domain?: NewEvidenceTask["domain"] | undefined;
}

/** Optimizers whose stable rates are a multiple of 1/curvature. */
const plainOptimizers: ReadonlySet<string> = new Set(["sgd", "momentum", "nesterov"]);
const curvatureModels = /quadratic|linear|nmf|factorisation/;

/**
 * Returns what a rate is multiplied by to carry over: λ_max/(2(1+μ)) for sgd and momentum on quadratic, linear and
 * factorisation tasks whose top curvature is known; null where the raw rate is the unit.
 */
export function curvatureFactor(task: RatedTask, { topCurvature }: Pick<TaskFeatures, "topCurvature">): number | null {
  const applies =
    plainOptimizers.has(task.optimizer) &&
    (task.domain === "factorisation" || curvatureModels.test(task.model?.toLowerCase() ?? ""));
  return applies && topCurvature !== null && topCurvature > 0 ? topCurvature / (2 * (1 + (task.momentum ?? 0))) : null;
}

/** Returns base rate, unit and rate in that unit, as a row of evidence holds them. */
export function transferRate(
  schedule: ScheduleSpec | null,
  task: RatedTask,
  features: Pick<TaskFeatures, "topCurvature">,
): { readonly baseRate: number | null; readonly rateUnit: RateUnit; readonly transferRate: number | null } {
  const baseRate = schedule && baseRateOf(schedule);
  const multiple = schedule && boundMultipleOf(schedule);
  if (multiple !== null) return { baseRate, rateUnit: "bound", transferRate: multiple };
  const factor = curvatureFactor(task, features);
  if (factor === null || baseRate === null) return { baseRate, rateUnit: "rate", transferRate: baseRate };
  return { baseRate, rateUnit: "curvature", transferRate: baseRate * factor };
}
