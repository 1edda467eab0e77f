/** The curve that a schedule's page shows: its example over a hundred steps, by the code that trains with it. */
import {
  bindSchedule,
  type Json,
  previewSchedule,
  type ScheduleContext,
  ScheduleSpec,
  type ScheduleInput,
} from "@etude/catalog";

const steps = 100;

/** A loss that falls, stalls, and falls again, for schedules that react to one. */
const metrics = Array.from({ length: steps }, (_, step) => {
  const fallen = step < 35 ? step : step < 65 ? 35 : step - 30;
  return Math.exp(-fallen / 25) + 0.02 * Math.sin(step * 2.4);
});

/** What the run that the replay's example names would have applied. */
const recorded = Array.from(
  { length: steps },
  (_, step) => 0.1 * (1 + Math.cos((Math.PI * step) / steps)) * (step < 10 ? step / 10 : 1),
);

const contextOf = (spec: ScheduleSpec): ScheduleContext => ({
  horizon: steps,
  groups: ["x"],
  stepsPerEpoch: 10,
  curves: spec.kind === "replay" ? { [spec.run]: recorded } : {},
});

export interface Drawn {
  readonly rates: readonly number[];
  /** What the curve was made on, where the schedule reacts. */
  readonly on: string | null;
}

/** Gradient descent on ½(x₁² + 10x₂²) from (1, 1), for schedules that look at gradients. */
function onQuadratic(spec: ScheduleSpec): number[] {
  const bound = bindSchedule(spec, contextOf(spec));
  const scale = [1, 10] as const;
  const lossAt = (x: readonly number[]): number =>
    x.reduce((sum, value, i) => sum + 0.5 * scale[i]! * value * value, 0);
  let x: readonly number[] = [1, 1];
  let direction: readonly number[] = [0, 0];
  let state: Json = bound.start();
  return Array.from({ length: steps }, (_, step) => {
    const gradient = x.map((value, i) => scale[i]! * value);
    const planned = bound.plan(state, step, {
      gradientNorm: [Math.hypot(...gradient)],
      directionNorm: [Math.hypot(...direction)],
      alignment: [gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0)],
    });
    state = planned.state;
    let rate = planned.rate as number;
    const moved = (): number[] => x.map((value, i) => value - rate * gradient[i]!);
    for (let tries = 1; bound.judge; tries++) {
      const decrease = rate * gradient.reduce((sum, value) => sum + value * value, 0);
      const verdict = bound.judge(state, { tried: rate, loss: lossAt(x), decrease, triedLoss: lossAt(moved()), tries });
      state = verdict.state;
      if (verdict.then === "accept") break;
      rate = "try" in verdict.then ? verdict.then.try : verdict.then.apply;
      if ("apply" in verdict.then) break;
    }
    x = moved();
    direction = gradient;
    state = bound.observe(state, step, { applied: rate, trainLoss: lossAt(x) });
    return rate;
  });
}

/** Returns the rates of an example. */
export function curveOf(example: ScheduleInput): Drawn {
  const spec = ScheduleSpec.parse(example);
  const { rates, reactive } = previewSchedule(spec, contextOf(spec), { steps, metrics });
  if (!rates) return { rates: onQuadratic(spec), on: "gradient descent on ½(x₁² + 10x₂²)" };
  return {
    rates: [...rates],
    on: reactive ? "a loss that falls, stalls between steps 35 and 65, and falls again" : null,
  };
}
