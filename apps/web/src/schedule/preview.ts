import { previewSchedule, type ScheduleContext, type ScheduleSpec, scheduleWarnings } from "@etude/catalog";
import type { Curve } from "../chart/curve.ts";

/** What is known of a schedule's rates without training. */
export interface Preview {
  /** Undefined when the rates depend on the training. */
  readonly curve: Curve | undefined;
  readonly firstRate: number;
  readonly range: { readonly min: number; readonly max: number } | null;
  readonly warnings: readonly string[];
}

/** A run as a schedule sees it, before anything is known of its data: rates "of the bound" are multiples of 1. */
const contextOf = (horizon: number, stepsPerEpoch: number): ScheduleContext => ({
  horizon,
  groups: ["all"],
  stepsPerEpoch,
  initialBound: [1],
});

/**
 * The rates of a schedule over a run of `horizon` steps, computed by the code that the trainer runs, in at most `width`
 * buckets. Throws a RangeError when the schedule cannot be bound.
 */
export function previewOf(schedule: ScheduleSpec, horizon: number, width: number, stepsPerEpoch = 100): Preview {
  const context = contextOf(horizon, stepsPerEpoch);
  const { buckets, firstRate, range } = previewSchedule(schedule, context, { steps: horizon, width });
  return {
    curve: buckets ? { ...buckets, steps: buckets.step, values: buckets.last, exact: false } : undefined,
    firstRate,
    range,
    warnings: scheduleWarnings(schedule, context),
  };
}
