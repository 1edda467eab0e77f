import { bindSchedule, ScheduleSpec, scheduleWarnings, type Json, type ScheduleInput } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { contextOf, rates } from "./run.ts";

const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1e9) / 1e9);

describe("warmup", () => {
  test.each([
    ["linear", [0, 0.25, 0.5, 0.75, 1, 1]],
    ["cosine", [0, 0.146446609, 0.5, 0.853553391, 1, 1]],
    ["1-sqrt", [0, 0.133974596, 0.292893219, 0.5, 1, 1]],
  ] as const)("%s", (shape, wanted) => {
    expect(rounded(rates({ kind: "constant", rate: 1, warmup: { steps: 4, shape } }, 6))).toEqual(wanted);
  });

  test("from, and a length as a fraction of the run", () => {
    const input: ScheduleInput = { kind: "constant", rate: 1, warmup: { fraction: 0.04, from: 0.5 } };
    expect(rates(input, 6)).toEqual([0.5, 0.625, 0.75, 0.875, 1, 1]);
  });

  test("the base counts from the end of the warmup, to the end of the run", () => {
    const warm = rates({ kind: "linear", rate: 1, warmup: { steps: 20 } }, 101);
    expect(warm.slice(20)).toEqual(rates({ kind: "linear", rate: 1 }, 81, { horizon: 80 }));
    expect(warm[100]).toBe(0);
  });

  test("momentum waits for the base", () => {
    const bound = bindSchedule(ScheduleSpec.parse({ kind: "one-cycle", rate: 1, warmup: { steps: 5 } }), contextOf());
    expect([0, 3, 5].map((step) => bound.plan(null, step, {}).momentum)).toEqual([0.95, 0.95, 0.95]);
    expect(bound.plan(null, 10, {}).momentum).toBeLessThan(0.95);
  });
});

describe("tail", () => {
  const tail = (shape: "linear" | "cosine" | "1-sqrt" | "exponential", rest = {}): number[] =>
    rounded(rates({ kind: "constant", rate: 1, tail: { steps: 4, shape, ...rest } }, 12, { horizon: 10 }).slice(5));

  test.each([
    ["linear", [1, 1, 0.75, 0.5, 0.25, 0, 0]],
    ["cosine", [1, 1, 0.853553391, 0.5, 0.146446609, 0, 0]],
    ["1-sqrt", [1, 1, 0.5, 0.292893219, 0.133974596, 0, 0]],
    ["exponential", [1, 1, 0.316227766, 0.1, 0.031622777, 0.01, 0.01]],
  ] as const)("%s", (shape, wanted) => expect(tail(shape)).toEqual(wanted));

  test("to, and a start of its own", () => {
    expect(tail("linear", { to: 0.2 })).toEqual([1, 1, 0.8, 0.6, 0.4, 0.2, 0.2]);
    expect(tail("linear", { start: 2 })).toEqual([0.25, 0, 0, 0, 0, 0, 0]);
  });

  test("it freezes the rate that the base has at its first step", () => {
    const input: ScheduleInput = { kind: "cosine", rate: 1, tail: { fraction: 0.2, shape: "linear" } };
    const [plain, cooled] = [rates({ kind: "cosine", rate: 1 }, 100), rates(input, 100)];
    expect(cooled.slice(0, 81)).toEqual(plain.slice(0, 81));
    expect(cooled[90]).toBeCloseTo(plain[80]! / 2, 12);
  });

  test("an adaptive base no longer adapts", () => {
    const spec = ScheduleSpec.parse({
      kind: "greedy",
      rate: 0.1,
      patience: 0,
      window: 1,
      tail: { steps: 4, shape: "linear" },
    });
    const bound = bindSchedule(spec, contextOf({ horizon: 8 }));
    let state: Json = bound.start();
    const planned = Array.from({ length: 10 }, (_, step) => {
      const { rate, state: next } = bound.plan(state, step, {});
      state = bound.observe(next, step, { applied: rate as number, trainLoss: 1 / (step + 1) });
      return rate as number;
    });
    const frozen = 0.1 / 0.95 ** 4;
    expect(rounded(planned)).toEqual(
      rounded([
        0.1,
        0.1 / 0.95,
        0.1 / 0.95 ** 2,
        0.1 / 0.95 ** 3,
        frozen,
        0.75 * frozen,
        0.5 * frozen,
        0.25 * frozen,
        0,
        0,
      ]),
    );
  });
});

test("wsd is a constant with a warmup and a tail", () => {
  const around = { warmup: { fraction: 0.1 }, tail: { fraction: 0.3, shape: "cosine" } } as const;
  expect(rates({ kind: "wsd", rate: 2, ...around }, 110)).toEqual(rates({ kind: "constant", rate: 2, ...around }, 110));
  expect(ScheduleSpec.parse({ kind: "wsd", rate: 2 })).toEqual({
    kind: "wsd",
    rate: 2,
    warmup: { fraction: 0.05, shape: "linear", from: 0 },
    tail: { fraction: 0.2, shape: "1-sqrt" },
  });
});

test("a sequence starts each part afresh, with its own horizon, and takes combinators", () => {
  const input: ScheduleInput = {
    kind: "sequence",
    parts: [
      { steps: 10, schedule: { kind: "linear", rate: 1, warmup: { steps: 2 } } },
      { schedule: { kind: "linear", rate: 0.5 } },
    ],
  };
  const joined = rates(input, 40, { horizon: 30 });
  expect(joined.slice(0, 10)).toEqual(rates({ kind: "linear", rate: 1, warmup: { steps: 2 } }, 10, { horizon: 10 }));
  expect(joined.slice(10)).toEqual(rates({ kind: "linear", rate: 0.5 }, 30, { horizon: 20 }));
  const cooled = rates({ ...input, tail: { steps: 6, shape: "linear" } }, 31, { horizon: 30 });
  expect(cooled[27]).toBeCloseTo(joined[24]! / 2, 12);
});

test("ofBound starts at a multiple of the bound, per group where the bounds differ", () => {
  const bind = (initialBound: number[]) =>
    bindSchedule(
      ScheduleSpec.parse({ kind: "linear", rate: { ofBound: 0.5 }, warmup: { steps: 2, from: 0.5 } }),
      contextOf({ horizon: 12, groups: ["W", "H"], initialBound }),
    );
  const rate = (initialBound: number[], step: number) => bind(initialBound).plan(null, step, {}).rate;
  expect(rate([4, 4], 2)).toBe(2);
  expect(rate([4, 2], 2)).toEqual([2, 1]);
  expect(rate([4, 2], 0)).toEqual([1, 0.5]);
  expect(rate([4, 2], 7)).toEqual([1, 0.5]);
});

test("a greedy schedule keeps a rate and bounds a group", () => {
  const spec = ScheduleSpec.parse({ kind: "greedy", rate: { ofBound: 1 }, patience: 0, window: 1, factor: 0.5 });
  const bound = bindSchedule(spec, contextOf({ groups: ["W", "H"], initialBound: [1, 0.1] }));
  const state = bound.observe(bound.start(), 0, { applied: [1, 0.1], trainLoss: 1 });
  expect(bound.plan(state, 1, {}).rate).toEqual([2, 0.2]);
  const clipped = bound.observe(state, 1, { applied: [0.5, 0.2], trainLoss: 0.5 });
  expect(bound.plan(clipped, 2, {}).rate).toEqual([1, 0.4]);
});

test("warnings about what is around a schedule", () => {
  const warn = (input: ScheduleInput): string => scheduleWarnings(ScheduleSpec.parse(input), contextOf()).join("\n");
  expect(warn({ kind: "wsd", rate: 1 })).toBe("");
  expect(warn({ kind: "constant", rate: 1, warmup: { steps: 100 } })).toMatch(/fills the whole run/);
  expect(warn({ kind: "constant", rate: 1, warmup: { steps: 60 }, tail: { steps: 60 } })).toMatch(/inside the warmup/);
  expect(warn({ kind: "multistep", rate: 1, milestones: [50, 200] })).toMatch(/Milestones 200 are past/);
  expect(warn({ kind: "step", rate: 1, every: 100 })).toMatch(/never drops/);
  expect(warn({ kind: "exponential", rate: 1, factor: 0.5 })).toMatch(/will not move/);
  expect(
    warn({
      kind: "sequence",
      parts: [
        { steps: 200, schedule: { kind: "constant", rate: 1 } },
        { schedule: { kind: "step", rate: 1, every: 9 } },
      ],
    }),
  ).toMatch(/Part 1 starts at step 200, past/);
});

test("parts that replay different runs follow each its own curve", () => {
  const curves = { first: [1, 2, 3], second: [10, 20, 30] };
  const input: ScheduleInput = {
    kind: "sequence",
    parts: [{ schedule: { kind: "replay", run: "first" }, steps: 2 }, { schedule: { kind: "replay", run: "second" } }],
  };
  expect(rates(input, 5, { curves })).toEqual([1, 2, 10, 20, 30]);
  expect(() => rates(input, 5, { curves: { first: [1] } })).toThrow("the recorded learning rate of run second");
});
