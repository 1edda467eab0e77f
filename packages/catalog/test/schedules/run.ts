/** Drives schedules in tests the way a trainer does. */
import {
  bindSchedule,
  ScheduleSpec,
  type ScheduleContext,
  type ScheduleInput,
  type Json,
  type Rate,
} from "@etude/catalog";

export const contextOf = (changes: Partial<ScheduleContext> = {}): ScheduleContext => ({
  horizon: 100,
  groups: ["all"],
  stepsPerEpoch: 10,
  ...changes,
});

export interface Observed {
  readonly rates: number[];
  readonly states: Json[];
}

const rateOf = (rate: Rate): number =>
  typeof rate === "number"
    ? rate
    : "perParameter" in rate
      ? rate.perParameter.initial * rate.perParameter.factor
      : rate[0]!;

/** Returns the rate that is planned after each metric, and the state then; the metric is both losses. */
export function fed(
  input: ScheduleInput,
  metrics: readonly number[],
  changes: Partial<ScheduleContext> = {},
): Observed {
  const bound = bindSchedule(ScheduleSpec.parse(input), contextOf({ horizon: metrics.length + 1, ...changes }));
  let state = bound.start();
  const seen: Observed = { rates: [], states: [] };
  for (const [step, loss] of metrics.entries()) {
    const planned = bound.plan(state, step, {});
    state = bound.observe(planned.state, step, { applied: rateOf(planned.rate), trainLoss: loss, evalLoss: loss });
    seen.rates.push(rateOf(bound.plan(state, step + 1, {}).rate));
    seen.states.push(state);
  }
  return seen;
}

/** Returns the rates of steps 0 to count − 1 with a falling, slightly rough loss and an agreeing gradient. */
export function rates(input: ScheduleInput, count: number, changes: Partial<ScheduleContext> = {}): number[] {
  const bound = bindSchedule(ScheduleSpec.parse(input), contextOf(changes));
  let state = bound.start();
  return Array.from({ length: count }, (_, step) => {
    const planned = bound.plan(state, step, before(step));
    const rate = rateOf(planned.rate);
    state = bound.observe(planned.state, step, { applied: rate, trainLoss: lossAt(step), evalLoss: lossAt(step) });
    return rate;
  });
}

const lossAt = (step: number): number => 1 / (1 + step / 10) + 0.05 * Math.sin(step * 1.7);

const before = (step: number) => ({
  gradientNorm: [1, 2],
  directionNorm: [1, 2],
  alignment: step === 0 ? [0, 0] : [Math.cos(step), Math.sin(step)],
});

/** Rounds to the ten digits that the written goldens have. */
export const close = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(9)));
