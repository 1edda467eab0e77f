import {
  bindSchedule,
  type Json,
  previewSchedule,
  type PolicyWeights,
  ScheduleSpec,
  type ScheduleInput,
} from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { shippedPolicies } from "../../src/policies/shipped.ts";
import { contextOf, fed, rates } from "./run.ts";

const stored = "01890a5d-ac96-774b-bcce-b302099a8057";
const features = ["change-1", "level", "progress"];

/** A policy that always prefers the same action by far. */
const always = (action: number, changes: Partial<PolicyWeights> = {}): Json => ({
  format: "etude-policy-1",
  family: "deep",
  features,
  actions: [0.5, 1, 2],
  decisions: 10,
  opening: 1,
  cooldown: 0.2,
  actor: {
    layers: [{ weights: Array<number>(9).fill(0), biases: [0, 1, 2].map((index) => (index === action ? 1000 : 0)) }],
  },
  ...changes,
});
const spec = (changes: object = {}): ScheduleInput =>
  ({ kind: "learned", rate: 0.1, policy: stored, ...changes }) as ScheduleInput;

describe("decisions", () => {
  const steps = (policy: Json, changes: object = {}, horizon = 100) =>
    rates(spec(changes), horizon, { horizon, policy });

  test("come after blocks of steps that grow, nine of them before the cooldown", () => {
    const curve = steps(always(2));
    const changed = curve.flatMap((rate, step) => (step > 0 && step < 80 && rate !== curve[step - 1] ? [step] : []));
    expect(changed).toEqual([3, 7, 13, 20, 28, 37, 47, 57, 68]);
    expect(curve[79]).toBeCloseTo(0.1 * 2 ** 9, 9);
  });

  test("stay within minRate and maxRate", () => {
    expect(Math.max(...steps(always(2), { maxRate: { ofStart: 8 } }))).toBeCloseTo(0.8, 9);
    expect(Math.min(...steps(always(0), { minRate: 0.02 }).slice(0, 80))).toBeCloseTo(0.02, 9);
  });

  test("the cooldown falls to 0 from the rate that was reached, as 1 − √u", () => {
    const curve = steps(always(2));
    for (let step = 80; step < 100; step++) {
      expect(curve[step]).toBeCloseTo(curve[79]! * (1 - Math.sqrt((step - 80) / 20)), 9);
    }
    expect(steps(always(2), { cooldown: 0 }).at(-1)).toBeCloseTo(0.1 * 2 ** 9, 9);
  });

  test("a run may begin below its starting rate", () => {
    const curve = steps(always(1, { opening: 0.1 }));
    expect(curve[0]).toBeCloseTo(0.01, 12);
    expect(curve[79]).toBeCloseTo(0.01, 12);
  });

  test("a policy that is not sure does the mean of its actions' logs", () => {
    const unsure = always(0, {
      actor: { layers: [{ weights: Array<number>(9).fill(0), biases: [0, 0, Math.log(2)] }] },
    });
    // (ln ½ + ln 1 + 2 ln 2) / 4 = ln 2 / 4
    expect(steps(unsure)[3]).toBeCloseTo(0.1 * 2 ** 0.25, 9);
  });
});

test("a loss that blows up brakes at once, and again only if it goes on rising", () => {
  const { rates: after } = fed(spec(), [1, 1, 1, 9, 9, 9, 200, 9, 9, 9], { horizon: 1000, policy: always(1) });
  expect(after.map((rate) => Number(rate.toPrecision(6)))).toEqual([
    0.1, 0.1, 0.1, 0.025, 0.025, 0.025, 0.00625, 0.00625, 0.00625, 0.00625,
  ]);
});

test("a rate that was clipped to a bound is where the policy goes on", () => {
  const bound = bindSchedule(ScheduleSpec.parse(spec()), contextOf({ horizon: 100, policy: always(2) }));
  let state = bound.start();
  for (let step = 0; step < 3; step++) {
    state = bound.observe(bound.plan(state, step, {}).state, step, { applied: 0.03, trainLoss: 1 });
  }
  expect(bound.plan(state, 3, {}).rate).toBeCloseTo(0.06, 9);
});

test("a policy of factorisations holds a share of each group's bound", () => {
  const context = contextOf({ groups: ["w", "h"], policy: always(0, { family: "nmf" }), initialBound: [2, 4] });
  const bound = bindSchedule(ScheduleSpec.parse(spec({ rate: { ofBound: 0.5 } })), context);
  let state = bound.start();
  const at = (step: number, now: readonly number[]) => {
    const planned = bound.plan(state, step, { bound: now });
    state = bound.observe(planned.state, step, { applied: planned.rate as readonly number[], trainLoss: 1 });
    return planned.rate;
  };
  expect(at(0, [2, 4])).toEqual([1, 2]);
  expect(at(1, [4, 1])).toEqual([2, 0.5]);
  expect(at(2, [4, 1])).toEqual([2, 0.5]);
  expect(at(3, [4, 1])).toEqual([1, 0.25]);
});

describe("the shipped policies", () => {
  test.each(Object.entries(shippedPolicies))("%s is small, and reacts to the loss", (name, weights) => {
    expect(JSON.stringify(weights).length).toBeLessThan(40_000);
    const curve = (metrics: readonly number[]) =>
      previewSchedule(ScheduleSpec.parse({ kind: "learned", rate: 0.1, policy: name }), contextOf({ horizon: 200 }), {
        steps: 200,
        metrics,
      }).rates!;
    const falling = curve(Array.from({ length: 199 }, (_, step) => Math.exp(-step / 40)));
    const rising = curve(Array.from({ length: 199 }, (_, step) => 1 + step / 40));
    expect(falling).toHaveLength(200);
    expect(falling).not.toEqual(rising);
    // Without a bound to go by, a policy of factorisations starts at all of it.
    if (weights.family === "nmf") expect(Math.max(...falling, ...rising)).toBeLessThanOrEqual(0.1);
  });
});

describe("is refused with the reason", () => {
  const bind = (policy: unknown) => () =>
    bindSchedule(ScheduleSpec.parse(spec()), contextOf({ policy: policy as Json }));
  test("without weights", () => expect(bind(undefined)).toThrow(`learned needs the weights of policy ${stored}`));
  test("with broken weights", () => expect(bind({ format: "other" })).toThrow(/etude-policy-1/));
  test("with features that nobody knows", () => {
    expect(bind(always(1, { features: ["change-1", "mood", "luck"] }))).toThrow("unknown features mood, luck");
  });
  test("under a name that is none", () => {
    expect(ScheduleSpec.safeParse(spec({ policy: "mine" })).error!.issues[0]!.message).toBe(
      'must be one of default-deep, default-nmf, or the id of a trained policy; got "mine"',
    );
  });
});
