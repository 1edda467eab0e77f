/** What holds for every kind, whatever its parameters. A new kind must be added to `arbitraries`. */
import {
  bindSchedule,
  type Before,
  type Json,
  type Rate,
  scheduleKinds,
  ScheduleSpec,
  type ScheduleContext,
  type ScheduleInput,
} from "@etude/catalog";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraries, between, specOf, whole } from "./arbitraries.ts";

const recorded = Array.from({ length: 90 }, (_, step) => 0.1 / (1 + step));
const contextFor = (horizon: number): ScheduleContext => ({
  horizon,
  groups: ["a", "b"],
  stepsPerEpoch: 7,
  curves: { "some-run": recorded },
});

/** A training of its own for every seed: a loss that may not be finite, and gradients that agree or not. */
const noise = (seed: number, step: number, of: number): number =>
  Math.sin(seed * 12.9898 + step * 78.233 + of * 37.719);
const lossAt = (seed: number, step: number): number => {
  const value = noise(seed, step, 0);
  return value > 0.98 ? Number.NaN : value < -0.99 ? Number.POSITIVE_INFINITY : 2 + value + 10 / (step + 1);
};
const beforeAt = (seed: number, step: number): Before => ({
  gradientNorm: [1, 2],
  directionNorm: [1, 0.5],
  alignment: step === 0 ? [0, 0] : [noise(seed, step, 1), noise(seed, step, 2)],
});

interface Step {
  readonly rate: Rate;
  readonly momentum: number | undefined;
  readonly state: Json;
}

/** Returns steps `from` to `to` − 1, starting from `state`, which goes through JSON at every step when asked. */
function drive(
  spec: ScheduleSpec,
  horizon: number,
  seed: number,
  from: number,
  to: number,
  state?: Json,
  json = false,
): Step[] {
  const bound = bindSchedule(spec, contextFor(horizon));
  let current = state ?? bound.start();
  const steps: Step[] = [];
  for (let step = from; step < to; step++) {
    if (json) current = JSON.parse(JSON.stringify(current)) as Json;
    const planned = bound.plan(current, step, beforeAt(seed, step));
    current = planned.state;
    let rate = planned.rate;
    for (let tries = 1; bound.judge && typeof rate === "number" && tries < 20; tries++) {
      const trial = { tried: rate, loss: 1, decrease: rate, triedLoss: 1 - rate * noise(seed, step, 2 + tries), tries };
      const verdict = bound.judge(current, trial);
      current = verdict.state;
      if (verdict.then === "accept") break;
      rate = "try" in verdict.then ? verdict.then.try : verdict.then.apply;
      if ("apply" in verdict.then) break;
    }
    const applied = typeof rate === "object" && "perParameter" in rate ? 0.1 : rate;
    const evaluated = step % 5 === 4 ? { evalLoss: lossAt(seed + 1, step) } : {};
    current = bound.observe(current, step, { applied, trainLoss: lossAt(seed, step), ...evaluated });
    steps.push({ rate, momentum: planned.momentum, state: current });
  }
  return steps;
}

const numbersOf = (rate: Rate): readonly number[] =>
  typeof rate === "number"
    ? [rate]
    : "perParameter" in rate
      ? [rate.perParameter.initial, rate.perParameter.factor, rate.perParameter.min, rate.perParameter.max]
      : rate;

const isRate = (rate: Rate): boolean => numbersOf(rate).every((value) => Number.isFinite(value) && value >= 0);

/** True for what JSON gives back unchanged. */
const isPlain = (value: unknown): boolean =>
  typeof value === "number"
    ? Number.isFinite(value)
    : Array.isArray(value)
      ? value.every(isPlain)
      : typeof value === "object" && value !== null
        ? Object.values(value).every(isPlain)
        : value === null || typeof value === "boolean" || typeof value === "string";

test("there are arbitrary parameters for every kind", () => {
  expect(Object.keys(arbitraries).sort()).toEqual([...scheduleKinds].sort());
});

describe.each(scheduleKinds)("%s", (kind) => {
  const runs = { numRuns: 60 };
  const seed = whole(0, 1000);

  test("is finite and ≥ 0 at every step and past the horizon, with plain JSON states", () => {
    fc.assert(
      fc.property(specOf(kind), whole(1, 120), seed, (spec, horizon, seed) => {
        const wrong = drive(spec, horizon, seed, 0, horizon + 40).filter(
          ({ rate, momentum = 0, state }) => !isRate(rate) || !(momentum >= 0 && momentum <= 1) || !isPlain(state),
        );
        expect(wrong).toEqual([]);
      }),
      runs,
    );
  });

  test("gives the same curve twice, and from any step through JSON", () => {
    fc.assert(
      fc.property(specOf(kind), whole(2, 100), seed, between(0, 0.99), (spec, horizon, seed, at) => {
        const whole = drive(spec, horizon, seed, 0, horizon + 10);
        expect(drive(spec, horizon, seed, 0, horizon + 10, undefined, true)).toEqual(whole);
        const from = Math.max(1, Math.floor(at * horizon));
        expect(drive(spec, horizon, seed, from, horizon + 10, whole[from - 1]!.state, true)).toEqual(whole.slice(from));
      }),
      runs,
    );
  });

  test("far past the horizon it is still defined", () => {
    fc.assert(
      fc.property(specOf(kind), (spec) => {
        const bound = bindSchedule(spec, contextFor(10));
        const { rate } = bound.plan(bound.start(), 1_000_000_000, beforeAt(0, 1));
        expect(isRate(rate), JSON.stringify(rate)).toBe(true);
      }),
      runs,
    );
  });

  test("its state does not change under it", () => {
    fc.assert(
      fc.property(specOf(kind), seed, (spec, seed) => {
        const bound = bindSchedule(spec, contextFor(50));
        const { state } = drive(spec, 50, seed, 0, 20).at(-1)!;
        const copy = JSON.stringify(state);
        const planned = bound.plan(state, 20, beforeAt(seed, 20));
        bound.observe(planned.state, 20, { applied: 0.01, trainLoss: 1, evalLoss: 1 });
        expect(JSON.stringify(state)).toBe(copy);
      }),
      runs,
    );
  });
});

describe.each(["step", "multistep", "exponential", "inverse-sqrt", "wsd", "constant"])("%s", (kind) => {
  test("scales with its rate", () => {
    fc.assert(
      fc.property(arbitraries[kind]!, whole(1, 100), between(0.01, 100), (own, horizon, factor) => {
        const { rate, ...rest } = own as { rate: number };
        const spec = (rate: number): ScheduleSpec =>
          ScheduleSpec.parse(JSON.parse(JSON.stringify({ kind, ...rest, rate })) as ScheduleInput);
        const one = drive(spec(rate), horizon, 0, 0, horizon);
        for (const [step, { rate: scaled }] of drive(spec(rate * factor), horizon, 0, 0, horizon).entries()) {
          expect(scaled as number).toBeCloseTo((one[step]!.rate as number) * factor, 9);
        }
      }),
    );
  });
});
