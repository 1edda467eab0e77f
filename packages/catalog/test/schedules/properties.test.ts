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

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true, noDefaultInfinity: true });
const rate = between(1e-6, 10);
const whole = (min: number, max: number) => fc.integer({ min, max });
const maybe = <Value>(one: fc.Arbitrary<Value>) => fc.option(one, { nil: undefined });
const strict = { requiredKeys: [] } as never;

const reacting = {
  metric: fc.constantFrom("train/loss", "validation/loss"),
  every: fc.oneof(fc.constantFrom("step", "evaluation", "epoch"), whole(1, 5)),
  mode: fc.constantFrom("min", "max"),
  factor: between(0.05, 0.99),
  patience: whole(0, 4),
  threshold: between(0, 0.1),
  thresholdMode: fc.constantFrom("relative", "absolute", "signed-relative"),
};

const arbitraries: Record<string, fc.Arbitrary<object>> = {
  constant: fc.record({ rate }),
  step: fc.record({ rate, every: whole(1, 60), factor: between(0.01, 0.99) }),
  multistep: fc.record({
    rate,
    milestones: fc.array(whole(0, 150), { minLength: 1, maxLength: 5 }).map((all) => all.sort((a, b) => a - b)),
    factor: between(0.01, 0.99),
  }),
  exponential: fc.record({ rate, factor: between(1e-6, 0.9999), every: whole(1, 50) }),
  linear: fc.record({ rate, finalRate: rate, decaySteps: maybe(whole(1, 200)) }),
  polynomial: fc.record({
    rate,
    finalRate: rate,
    power: between(0.1, 5),
    decaySteps: maybe(whole(1, 200)),
    cycle: fc.boolean(),
  }),
  cosine: fc.record({
    rate,
    minRate: between(0, 1e-6),
    decaySteps: maybe(whole(1, 200)),
    cycles: between(0.1, 4),
    beyond: fc.constantFrom("hold", "continue"),
  }),
  "cosine-restarts": fc.oneof(
    fc.record({
      rate,
      minRate: between(0, 1e-6),
      period: between(0.5, 80),
      multiplier: between(1, 3),
      peakFactor: between(0.1, 1),
    }),
    fc.record({ rate, cycles: between(0.3, 5), multiplier: fc.constantFrom(1, 2), decaySteps: maybe(whole(1, 200)) }),
  ),
  "one-cycle": fc.record({
    rate,
    riseFraction: between(0.01, 0.5),
    shape: fc.constantFrom("cosine", "linear"),
    threePhase: fc.boolean(),
    decaySteps: maybe(whole(1, 200)),
    beyond: fc.constantFrom("hold", "continue"),
  }),
  cyclic: fc.record({
    rate,
    minRate: between(0, 1e-6),
    stepsUp: between(0.5, 50),
    stepsDown: maybe(between(0.5, 50)),
    mode: fc.constantFrom("triangular", "triangular2", "exp-range"),
    factor: between(0.5, 0.9999),
    momentum: fc.constantFrom(null, { low: 0.8, high: 0.9 }),
  }),
  "inverse-sqrt": fc.record({ rate, timescale: maybe(between(0.1, 100)), power: between(0.1, 2), every: whole(1, 9) }),
  wsd: fc.record({ rate }),
  plateau: fc.record({ rate, ...reacting, cooldown: whole(0, 3), minRate: between(0, 1e-3), eps: between(0, 1e-3) }),
  greedy: fc.record({
    rate,
    ...reacting,
    variant: fc.constantFrom("hf", "paper", "blog"),
    window: whole(1, 6),
    cooldownLength: whole(0, 3),
    warmupLength: whole(0, 3),
    eps: between(0, 1e-3),
    resetAfter: maybe(whole(1, 5)).map((value) => value ?? null),
  }),
  hypergradient: fc.record({
    rate,
    granularity: fc.constantFrom("global", "group", "parameter"),
    form: fc.constantFrom("additive", "multiplicative"),
    strength: between(1e-6, 0.5),
    accumulate: fc.constantFrom("sum", "sequential"),
  }),
  "line-search": fc.record({
    rate,
    condition: fc.constantFrom("armijo", "goldstein"),
    c: between(0.01, 0.45),
    shrink: between(0.2, 0.95),
    reset: fc.constantFrom(0, 1, 2),
    maxTries: whole(1, 6),
  }),
  piecewise: fc.record({
    points: fc
      .array(fc.record({ at: whole(0, 150), rate }), { minLength: 1, maxLength: 6 })
      .map((points) => points.sort((a, b) => a.at - b.at)),
    interpolation: fc.constantFrom("linear", "hold", "cosine", "exponential"),
  }),
  replay: fc.record({ run: fc.constant("some-run"), scale: between(0.1, 3), fit: fc.constantFrom("steps", "stretch") }),
  sequence: fc.record({
    parts: fc.constantFrom(
      [{ steps: 30, schedule: { kind: "step", rate: 1, every: 7 } }, { schedule: { kind: "cosine", rate: 0.5 } }],
      [
        { steps: 25, schedule: { kind: "greedy", rate: 0.1, patience: 1, window: 2 } },
        { schedule: { kind: "linear", rate: 2 } },
      ],
      [
        { steps: 40, schedule: { kind: "line-search", rate: 2, reset: 2 } },
        { schedule: { kind: "constant", rate: 1 } },
      ],
    ),
  }),
};

const length = fc.oneof(fc.record({ steps: whole(0, 60) }), fc.record({ fraction: between(0, 1) }));
const combinators = fc.record(
  {
    warmup: length.chain((one) =>
      fc
        .record({ shape: fc.constantFrom("linear", "cosine", "1-sqrt"), from: between(0, 1) })
        .map((rest) => ({ ...one, ...rest })),
    ),
    tail: length.chain((one) =>
      fc
        .record({ shape: fc.constantFrom("linear", "cosine", "1-sqrt", "exponential"), to: between(1e-6, 1) })
        .map((rest) => ({ ...one, ...rest })),
    ),
  },
  strict,
);

const specOf = (kind: string): fc.Arbitrary<ScheduleSpec> =>
  fc
    .tuple(arbitraries[kind]!, combinators)
    .map(([own, around]) =>
      ScheduleSpec.parse(JSON.parse(JSON.stringify({ kind, ...own, ...around })) as ScheduleInput),
    );

const recorded = Array.from({ length: 90 }, (_, step) => 0.1 / (1 + step));
const contextFor = (horizon: number): ScheduleContext => ({
  horizon,
  groups: ["a", "b"],
  stepsPerEpoch: 7,
  curve: recorded,
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
