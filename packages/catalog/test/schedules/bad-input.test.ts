import { bindSchedule, scheduleCatalogue, ScheduleSpec } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { contextOf } from "./run.ts";

/** Returns what is wrong, as `path: message`. */
const wrong = (input: unknown): string[] =>
  ScheduleSpec.safeParse(input).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe.each(scheduleCatalogue())("$kind", ({ example, parameters }) => {
  const properties = Object.keys(parameters["properties"] as object).filter((name) => name !== "kind");
  const required = (parameters["required"] as string[]).filter((name) => name !== "kind");

  test("the example is valid", () => expect(wrong(example)).toEqual([]));

  test.each(properties)("%s: absurd and wrongly typed values are named with the rule", (name) => {
    for (const [value, shown] of [
      [1e300, "1e+300"],
      [-1e300, "-1e+300"],
      ["much", '"much"'],
      [{}, "{}"],
    ] as const) {
      const issues = wrong({ ...example, [name]: value });
      if (name === "run" && typeof value === "string") continue;
      expect(issues.length, `${name} = ${shown} was accepted`).toBeGreaterThan(0);
      const issue = issues.find((text) => text.startsWith(name))!;
      expect(issue).toBeDefined();
      expect(issue).toMatch(/must|expected/);
      if (typeof value !== "object") expect(issue).toContain(shown);
    }
  });

  test.each(required)("%s: missing is named", (name) => {
    const { [name]: _, ...rest } = example;
    expect(wrong(rest).join()).toMatch(new RegExp(`^${name}: must .*got nothing`));
  });
});

test("unknown parameters are named with the known ones", () => {
  expect(wrong({ kind: "step", rate: 1, every: 5, gamma: 0.1 }).join()).toMatch(
    /gamma: not a parameter here; known are kind, rate, every, factor, warmup, tail/,
  );
});

test("unknown kinds are named with the known ones", () => {
  expect(wrong({ kind: "cosin", rate: 1 }).join()).toMatch(/kind: must be one of constant, .*wsd.*; got "cosin"/);
  expect(wrong("cosine").join()).toMatch(/must be an object with a kind/);
});

test.each([
  ["floor above peak", { kind: "cosine", rate: 0.1, minRate: 0.2 }, "minRate: must be at most rate (0.1); got 0.2"],
  [
    "floor above peak",
    { kind: "cyclic", rate: 0.1, minRate: 0.2, stepsUp: 5 },
    "minRate: must be at most rate (0.1); got 0.2",
  ],
  [
    "floor above ceiling",
    { kind: "greedy", rate: 0.1, minRate: 1, maxRate: 0.5 },
    "minRate: must be at most maxRate (0.5); got 1",
  ],
  [
    "unsorted milestones",
    { kind: "multistep", rate: 1, milestones: [9, 5] },
    "milestones.1: must not be below the milestone before it (9); got 5",
  ],
  [
    "no milestones",
    { kind: "multistep", rate: 1, milestones: [] },
    "milestones: must be a list of 1 to 1000 whole numbers; got []",
  ],
  [
    "negative patience",
    { kind: "greedy", rate: 1, patience: -1 },
    "patience: must be a whole number from 0 to 1000000000; got -1",
  ],
  ["factor 1", { kind: "plateau", rate: 1, factor: 1 }, "factor: must be a number above 0 and below 1; got 1"],
  ["factor 0", { kind: "greedy", rate: 1, factor: 0 }, "factor: must be a number above 0 and below 1; got 0"],
  ["negative rate", { kind: "constant", rate: -0.1 }, "rate: must be a number from 0 to 1000000000; got -0.1"],
  [
    "rate that is not finite",
    { kind: "constant", rate: Number.NaN },
    "rate: must be a number from 0 to 1000000000, or { ofBound: c } with 0 < c <= 1e6; got NaN",
  ],
  [
    "two lengths",
    { kind: "constant", rate: 1, tail: { steps: 1, fraction: 0.1 } },
    "tail: must have exactly one of steps and fraction; got steps 1, fraction 0.1",
  ],
  [
    "no length",
    { kind: "constant", rate: 1, warmup: {} },
    "warmup: must have exactly one of steps and fraction; got steps nothing, fraction nothing",
  ],
  [
    "exponential to nothing",
    { kind: "constant", rate: 1, tail: { steps: 1, shape: "exponential", to: 0 } },
    "tail.to: must be above 0 for the exponential shape; got 0",
  ],
  [
    "unsorted points",
    {
      kind: "piecewise",
      points: [
        { at: 5, rate: 1 },
        { at: 1, rate: 1 },
      ],
    },
    "points.1.at: must not be below the point before it (5); got 1",
  ],
  [
    "exponential through zero",
    { kind: "piecewise", interpolation: "exponential", points: [{ at: 0, rate: 0 }] },
    "points.0.rate: must be above 0 for exponential interpolation; got 0",
  ],
  [
    "both period and cycles",
    { kind: "cosine-restarts", rate: 1, period: 5, cycles: 2 },
    "cycles: must be absent where period is given; got 2",
  ],
  [
    "additive without a strength",
    { kind: "hypergradient", rate: 1, form: "additive" },
    "strength: must be given for the additive form, in units of rate² / loss; got nothing",
  ],
  [
    "multiplicative with a strength of 1",
    { kind: "hypergradient", rate: 1, strength: 1 },
    "strength: must be below 1 for the multiplicative form; got 1",
  ],
  [
    "goldstein that accepts nothing",
    { kind: "line-search", condition: "goldstein", c: 0.6 },
    "c: must be below 0.5 for goldstein; got 0.6",
  ],
  [
    "three phases too long",
    { kind: "one-cycle", rate: 1, threePhase: true, riseFraction: 0.6 },
    "riseFraction: must be at most 0.5 with threePhase; got 0.6",
  ],
  [
    "a part without length",
    {
      kind: "sequence",
      parts: [{ schedule: { kind: "constant", rate: 1 } }, { schedule: { kind: "constant", rate: 1 } }],
    },
    "parts.0.steps: must be a whole number from 1 on every part but the last; got nothing",
  ],
  [
    "a last part with length",
    { kind: "sequence", parts: [{ steps: 3, schedule: { kind: "constant", rate: 1 } }] },
    "parts.0.steps: must be absent on the last part, which goes on to the end; got 3",
  ],
  [
    "a wrong part",
    { kind: "sequence", parts: [{ schedule: { kind: "step", rate: 1, every: 0 } }] },
    "parts.0.schedule.every: must be a whole number from 1 to 1000000000; got 0",
  ],
] as const)("contradictory: %s", (_, input, message) => expect(wrong(input)).toEqual([message]));

test("what the run lacks is said when it is bound", () => {
  const bind =
    (input: object, changes = {}) =>
    () =>
      bindSchedule(ScheduleSpec.parse(input), contextOf(changes));
  expect(bind({ kind: "constant", rate: { ofBound: 1 } })).toThrow(/needs a model that knows its stability bound/);
  expect(bind({ kind: "replay", run: "r-1" })).toThrow("replay needs the recorded learning rate of run r-1");
  expect(bind({ kind: "constant", rate: 1 }, { horizon: 0 })).toThrow("horizon must be a whole number from 1; got 0");
  expect(bind({ kind: "constant", rate: 1 }, { stepsPerEpoch: 0.5 })).toThrow("stepsPerEpoch must be a whole number");
});
