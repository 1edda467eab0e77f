/** Schedules that do not look at the training: a closed formula of the step. */
import type { BoundSchedule, Json, Needs, Rate } from "../schedule.ts";

/** A formula of the step. It may leave the range of a rate where a converted configuration does. */
export type Curve = (step: number) => number;

/** A bound schedule that is a closed formula; previews and drawings skip the state machine. */
export interface OpenLoop extends BoundSchedule<null> {
  /** One for all weights, or one a group. */
  readonly curves: readonly [Curve, ...Curve[]];
  readonly momentum?: Curve;
}

const needsNothing: Needs = { before: [], trainLoss: false, evalLoss: false, judge: false };

/** Returns the nearest thing that may be a rate: finite and ≥ 0. */
export const asRate = (value: number): number => (value > 0 ? Math.min(value, Number.MAX_VALUE) : 0);

/** Returns the machine of one formula, or of one a group. */
export function openLoop(curves: readonly Curve[], momentum?: Curve): OpenLoop {
  const [first, ...others] = curves;
  if (!first) throw new RangeError("a schedule needs at least one rate");
  const rateAt: (step: number) => Rate =
    others.length === 0 ? (step) => asRate(first(step)) : (step) => curves.map((curve) => asRate(curve(step)));
  return {
    needs: needsNothing,
    curves: [first, ...others],
    ...(momentum && { momentum }),
    start: () => null,
    plan: momentum
      ? (_, step) => ({ state: null, rate: rateAt(step), momentum: momentum(step) })
      : (_, step) => ({ state: null, rate: rateAt(step) }),
    observe: () => null,
  };
}

/** True when the schedule is a closed formula. */
export const isOpenLoop = <State extends Json>(bound: BoundSchedule<State> | OpenLoop): bound is OpenLoop =>
  "curves" in bound;
