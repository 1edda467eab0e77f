/** Hypergradient descent and line search against their authors' code, in float64. */
import { readFileSync } from "node:fs";
import { bindSchedule, ScheduleSpec, type ScheduleInput } from "@etude/catalog";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Problem, quadratic, type Rule, softmaxRegression, train } from "./float64.ts";
import { contextOf } from "./run.ts";

interface Case {
  readonly method: string;
  readonly kwargs: Record<string, number>;
  readonly batch: number;
  readonly steps: number;
  readonly lr: number[];
  readonly loss: number[];
}
const reference = JSON.parse(
  readFileSync(new URL("../reference/gradient-schedules.json", import.meta.url), "utf8"),
) as {
  readonly X: number[][];
  readonly y: number[];
  readonly cases: Case[];
};

function scheduleOf({ method, kwargs }: Case): { readonly input: ScheduleInput; readonly rule: Rule } {
  if (method === "Sls-armijo") {
    const input: ScheduleInput = {
      kind: "line-search",
      rate: kwargs["init_step_size"]!,
      c: kwargs["c"]!,
      shrink: kwargs["beta_b"]!,
      reset: kwargs["reset_option"] as 0 | 1 | 2,
      ...(kwargs["gamma"] && { gamma: kwargs["gamma"] }),
    };
    return { input, rule: { kind: "sgd" } };
  }
  const adam = method === "Adam-HD";
  const input: ScheduleInput = {
    kind: "hypergradient",
    rate: kwargs["lr"]!,
    form: "additive",
    strength: kwargs["hypergrad_lr"]!,
    ...(adam && { accumulate: "sequential" as const, epsilon: "inside" as const }),
  };
  const rule: Rule = adam
    ? { kind: "adam", epsilon: "inside" }
    : { kind: "sgd", momentum: kwargs["momentum"] ?? 0, nesterov: method === "SGDN-HD" };
  return { input, rule };
}

/** Returns the largest relative difference. */
const distance = (values: readonly number[], wanted: readonly number[]): number =>
  Math.max(...wanted.map((value, index) => Math.abs(values[index]! - value) / Math.abs(value)));

describe("the authors' traces on softmax regression of iris", () => {
  test.each(reference.cases.map((one) => [one.method, JSON.stringify(one.kwargs), one] as const))(
    "%s %s",
    (_, __, one) => {
      const { input, rule } = scheduleOf(one);
      const problem = softmaxRegression(reference.X, reference.y, one.batch);
      const { lr, loss } = train(input, problem, rule, one.steps);
      expect(distance(lr, one.lr)).toBeLessThan(1e-9);
      expect(distance(loss, one.loss)).toBeLessThan(1e-9);
    },
  );

  test("Adam-HD with our defaults (sum, ε outside) stays within 1e-4", () => {
    const one = reference.cases.find(({ method }) => method === "Adam-HD")!;
    const { input } = scheduleOf(one);
    const ours = { ...input, accumulate: "sum", epsilon: "outside" } as ScheduleInput;
    const problem = softmaxRegression(reference.X, reference.y, one.batch);
    const { lr } = train(ours, problem, { kind: "adam", epsilon: "outside" }, one.steps);
    expect(distance(lr, one.lr)).toBeLessThan(1e-4);
    expect(distance(lr, one.lr)).toBeGreaterThan(1e-9);
  });
});

const pairs = (text: string): number[][] =>
  text
    .split(/\s*\(|\)\s*\(|\)/)
    .filter(Boolean)
    .map((pair) => pair.split(",").map(Number));

describe("goldens on ½(x₁² + 10x₂²)", () => {
  const additive = { kind: "hypergradient", rate: 0.01, form: "additive", strength: 1e-4 } as const;
  const check = (input: ScheduleInput, rule: Rule, golden: string): void => {
    const wanted = pairs(golden);
    const { lr, loss, passes, weights } = train(input, quadratic, rule, wanted.length);
    const after = [...loss.slice(1), quadratic.loss(weights, 0)];
    for (const [step, [rate, value, forwards]] of wanted.entries()) {
      expect(lr[step]).toBeCloseTo(rate!, 9);
      expect(after[step]).toBeCloseTo(value!, 9);
      if (forwards !== undefined) expect(passes[step]).toBe(forwards);
    }
  };
  test.each([
    [
      "SGD-HD",
      { kind: "sgd" },
      "(.01,4.54005) (.019099,3.1222234059) (.0257481191,1.908970441) (.0297764024,1.1419682233) (.0319157815,.728893157) (.0329786914,.5192707476)",
    ],
    [
      "SGD-HD with momentum",
      { kind: "sgd", momentum: 0.9 },
      "(.01,4.54005) (.019099,2.0018576794) (.0292912116,.4167940888) (.0277562364,2.1223956128) (.0167051196,3.3344540279) (.0084504191,3.4404364789)",
    ],
    [
      "SGDN-HD",
      { kind: "sgd", momentum: 0.9, nesterov: true },
      "(.01,3.7616805) (.02557639,.6352750575) (.0307347701,.9035486986) (.0249623582,1.6726970244) (.0211194781,1.6053606428) (.0214219204,1.0108055138)",
    ],
    [
      "Adam-HD",
      { kind: "adam", epsilon: "inside" },
      "(.01,5.3905500063) (.0110889999,5.2704999022) (.0121655097,5.1404157264) (.0132281157,5.0009205102) (.0142753986,4.8526918715) (.0153059384,4.6964589268)",
    ],
  ] as const)("%s", (_, rule, golden) => check(additive, rule, golden));

  test.each([
    [
      0,
      "(.166771817,2.576372375,19) (.166771817,1.2349050738,21) (.166771817,.6104502334,23) (.166771817,.3137342146,25) (.166771817,.1687359531,27) (.166771817,.0952659554,29)",
    ],
    [
      1,
      "(.1787416078,3.4373530694,19) (.1724134607,1.8565834931,22) (.1663093545,.8753044884,25) (.1782459528,.5460185032,27) (.1719353538,.3007840159,30) (.1842757495,.2102962658,32)",
    ],
    [
      2,
      "(.166771817,2.576372375,19) (.166771817,1.2349050738,38) (.166771817,.6104502334,57) (.1853020189,.4334964365,75) (.1853020189,.308333098,93) (.166771817,.155781302,112)",
    ],
  ] as const)("line search, reset %i", (reset, golden) =>
    check({ kind: "line-search", reset }, { kind: "sgd" }, golden),
  );
});

/** λx²/2 from x = 1. */
const parabola = (curvature: number): Problem => ({
  start: [Float64Array.of(1)],
  loss: ([x]) => 0.5 * curvature * x![0]! ** 2,
  gradient: ([x]) => [Float64Array.of(curvature * x![0]!)],
});

describe("theory", () => {
  test("multiplicative, β′ = (√5 − 1)/2: the rate is 3-periodic on a parabola", () => {
    const input: ScheduleInput = { kind: "hypergradient", rate: 0.01, strength: (Math.sqrt(5) - 1) / 2 };
    const { lr } = train(input, parabola(1), { kind: "sgd" }, 40);
    for (const [index, rate] of [0.760132, 1.229919, 0.469787].entries()) {
      expect(
        lr.slice(20).some((value) => Math.abs(value - rate) < 1e-6),
        `cycle ${index}`,
      ).toBe(true);
    }
    expect(lr[33]).toBeCloseTo(lr[30]!, 9);
  });

  test("multiplicative: rate · curvature enters [1 − β′, 1 + β′], whatever the curvature", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (strength, magnitude) => {
          const curvature = 10 ** magnitude;
          const input: ScheduleInput = { kind: "hypergradient", rate: 0.01 / curvature, strength };
          const { lr } = train(input, parabola(curvature), { kind: "sgd" }, 200);
          // Past it the iterate is exactly 0 sooner or later and the rate rests.
          expect(lr.at(-1)! * curvature).toBeGreaterThanOrEqual(1 - strength - 1e-9);
          expect(lr.at(-1)! * curvature).toBeLessThanOrEqual(1 + strength + 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("granularity: one rate a group, each as it would be alone", () => {
    const two: Problem = {
      start: [Float64Array.of(1), Float64Array.of(1)],
      loss: ([x, y]) => 0.5 * (x![0]! ** 2 + 10 * y![0]! ** 2),
      gradient: ([x, y]) => [Float64Array.of(x![0]!), Float64Array.of(10 * y![0]!)],
    };
    const input: ScheduleInput = { kind: "hypergradient", rate: 0.01, granularity: "group" };
    const { lr } = train(input, two, { kind: "sgd" }, 30);
    expect(lr).toEqual(train(input, parabola(10), { kind: "sgd" }, 30).lr);
  });

  test("granularity parameter hands the trainer a rule", () => {
    const input: ScheduleInput = { kind: "hypergradient", rate: 0.5, granularity: "parameter", warmup: { steps: 2 } };
    const bound = bindSchedule(ScheduleSpec.parse(input), contextOf());
    expect(bound.plan(bound.start(), 1, {}).rate).toEqual({
      perParameter: {
        initial: 0.5,
        form: "multiplicative",
        strength: 0.02,
        min: 5e-5,
        max: 5000,
        factor: 0.5,
        frozen: true,
      },
    });
    expect(bound.plan(bound.start(), 2, {}).rate).toEqual({
      perParameter: { initial: 0.5, form: "multiplicative", strength: 0.02, min: 5e-5, max: 5000, factor: 1 },
    });
  });

  test("the adapted rate stays within its clamps and survives a gradient that is not finite", () => {
    const input: ScheduleInput = {
      kind: "hypergradient",
      rate: 1,
      form: "additive",
      strength: 1,
      maxRate: { ofStart: 2 },
    };
    const bound = bindSchedule(ScheduleSpec.parse(input), contextOf());
    expect(bound.plan(bound.start(), 1, { alignment: [50] }).rate).toBe(2);
    expect(bound.plan(bound.start(), 1, { alignment: [-50] }).rate).toBe(1e-4);
    expect(bound.plan(bound.start(), 1, { alignment: [Number.NaN] }).rate).toBe(1);
  });
});

describe("line search", () => {
  const bound = bindSchedule(ScheduleSpec.parse({ kind: "line-search", rate: 1, reset: 0, maxTries: 5 }), contextOf());
  test("a search that fails applies the fallback and keeps its shrunken proposal", () => {
    let { state } = bound.plan(bound.start(), 0, { gradientNorm: [1] });
    let tried = 1;
    for (let tries = 1; ; tries++) {
      const verdict = bound.judge!(state, { tried, loss: 1, decrease: tried, triedLoss: Number.NaN, tries });
      state = verdict.state;
      if (typeof verdict.then === "object" && "try" in verdict.then) tried = verdict.then.try;
      else {
        expect(verdict.then).toEqual({ apply: 1e-6 });
        expect(tries).toBe(5);
        break;
      }
    }
    state = bound.observe(state, 0, { applied: 1e-6 });
    expect(bound.plan(state, 1, { gradientNorm: [1] }).rate).toBeCloseTo(0.9 ** 5, 12);
  });

  test("a vanishing gradient applies 0 and forgets nothing", () => {
    const still = bound.plan(bound.start(), 0, { gradientNorm: [1e-9, 0] });
    expect(still.rate).toBe(0);
    const state = bound.observe(still.state, 0, { applied: 0 });
    expect(bound.plan(state, 1, { gradientNorm: [1] }).rate).toBe(1);
  });

  test("a clipped rate is where the next search starts", () => {
    const planned = bound.plan(bound.start(), 0, { gradientNorm: [1] });
    const verdict = bound.judge!(planned.state, { tried: 1, loss: 1, decrease: 1, triedLoss: 0, tries: 1 });
    expect(verdict.then).toBe("accept");
    const state = bound.observe(verdict.state, 0, { applied: 0.3 });
    expect(bound.plan(state, 1, { gradientNorm: [1] }).rate).toBe(0.3);
  });

  test("goldstein lengthens a timid step and shortens a bold one, on the same quadratic", () => {
    const input: ScheduleInput = { kind: "line-search", rate: 1e-4, condition: "goldstein", reset: 0 };
    const { lr, loss } = train(input, quadratic, { kind: "sgd" }, 30);
    expect(lr[0]).toBeGreaterThan(1e-3);
    expect(loss.every((value, step) => step === 0 || value <= loss[step - 1]!)).toBe(true);
    const bold = train({ ...input, rate: 9 }, quadratic, { kind: "sgd" }, 5);
    expect(bold.lr[0]).toBeLessThan(0.3);
  });

  test("in a tail the accepted rate cools down without a search", () => {
    const input: ScheduleInput = { kind: "line-search", reset: 2, tail: { steps: 4, shape: "linear" } };
    const { lr } = train(input, quadratic, { kind: "sgd" }, 10);
    const frozen = lr[6]!;
    expect(frozen).toBeLessThan(0.3);
    expect(lr.slice(6)).toEqual([1, 0.75, 0.5, 0.25].map((factor) => factor * frozen));
  });

  test("in a warmup the search happens at the scaled rate", () => {
    const input: ScheduleInput = { kind: "line-search", reset: 2, warmup: { steps: 4, from: 0.25 } };
    const { lr } = train(input, quadratic, { kind: "sgd" }, 6);
    const loose = train({ kind: "line-search", reset: 2 }, quadratic, { kind: "sgd" }, 1).lr[0]!;
    expect(lr[0]).toBeLessThanOrEqual(0.25);
    expect(lr[0]! / 0.25).toBeGreaterThanOrEqual(loose);
  });
});
