/** Valid parameters of every kind, and combinators around them, at random. */
import { ScheduleSpec, type ScheduleInput } from "@etude/catalog";
import * as fc from "fast-check";

export const between = (min: number, max: number) => fc.double({ min, max, noNaN: true, noDefaultInfinity: true });
const rate = between(1e-6, 10);
export const whole = (min: number, max: number) => fc.integer({ min, max });
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

export const arbitraries: Record<string, fc.Arbitrary<object>> = {
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
  learned: fc.record({
    rate,
    policy: fc.constantFrom("default-deep", "default-nmf"),
    decisions: maybe(whole(2, 60)),
    cooldown: maybe(between(0, 0.9)),
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

export const specOf = (kind: string): fc.Arbitrary<ScheduleSpec> =>
  fc
    .tuple(arbitraries[kind]!, combinators)
    .map(([own, around]) =>
      ScheduleSpec.parse(JSON.parse(JSON.stringify({ kind, ...own, ...around })) as ScheduleInput),
    );
