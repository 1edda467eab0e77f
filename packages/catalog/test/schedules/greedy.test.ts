/** Golden traces: Transformers' code, the authors' 2025 fork (paper), and our reading of the blog. */
import { bindSchedule, ScheduleSpec, scheduleWarnings, type ScheduleInput } from "@etude/catalog";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { close, contextOf, fed } from "./run.ts";

type Greedy = Extract<ScheduleInput, { kind: "greedy" }>;
const base: Greedy = {
  kind: "greedy",
  rate: 0.1,
  factor: 0.5,
  patience: 1,
  thresholdMode: "absolute",
  threshold: 1e-6,
  minRate: 0.01,
  maxRate: 0.3,
  window: 1,
  resetAfter: 2,
  eps: 1e-8,
};
const numbers = (text: string): number[] => text.split(" ").map(Number);
const fields = (input: Greedy, metrics: number[], ...names: string[]): unknown[][] => {
  const states = fed(input, metrics).states as Record<string, unknown>[];
  return names.map((name) => states.map((state) => state[name]));
};

const falling = numbers("10 9 8 7 6 5 5 5 5 5 5 4 3");

test("A: hf", () => {
  expect(close(fed(base, falling).rates)).toEqual(numbers(".1 .2 .2 .3 .3 .3 .3 .15 .15 .075 .075 .075 .15"));
  expect(fields(base, falling, "best", "good", "bad")).toEqual([
    numbers("10 9 8 7 6 5 5 5 5 5 5 4 3"),
    numbers("1 0 1 0 1 0 0 0 0 0 0 1 0"),
    numbers("0 0 0 0 0 0 1 0 1 0 1 0 0"),
  ]);
});

test("B: hf with a window after each change", () => {
  const windows = { ...base, warmupLength: 2, cooldownLength: 1 };
  expect(close(fed(windows, falling).rates)).toEqual(numbers(".1 .2 .2 .2 .2 .3 .3 .3 .3 .15 .15 .15 .3"));
  expect(fields(windows, falling, "best", "good", "bad", "warmup", "cooldown")).toEqual([
    numbers("10 9 9 9 6 5 5 5 5 5 5 4 3"),
    numbers("1 0 0 0 1 0 0 0 0 0 0 1 0"),
    numbers("0 0 0 0 0 0 0 0 1 0 0 0 0"),
    numbers("0 2 1 0 0 2 1 0 0 0 0 0 2"),
    numbers("0 0 0 0 0 0 0 0 0 1 0 0 0"),
  ]);
});

test("C: hf with smoothing", () => {
  const smooth = { ...base, window: 3 };
  const metrics = numbers("10 8 6 4 9 9 9 2 2 2 2");
  expect(close(fed(smooth, metrics).rates)).toEqual(numbers(".1 .2 .2 .3 .3 .15 .15 .075 .075 .15 .15"));
  const [best] = fields(smooth, metrics, "best") as number[][];
  expect(close(best!)).toEqual(close([10, 9, 8, 6, 6, 6, 6, 6, 13 / 3, 2, 2]));
});

const plateau = [1, ...Array.from({ length: 14 }, () => 2)];

test("D: hf resets after enough decreases at the floor", () => {
  expect(close(fed(base, plateau).rates)).toEqual(
    numbers(".1 .1 .05 .05 .025 .025 .0125 .0125 .01 .01 .1 .1 .1 .05 .05"),
  );
  expect(fields(base, plateau, "best", "reset")).toEqual([
    [...Array.from({ length: 10 }, () => 1), null, 2, 2, 2, 2],
    numbers("2 2 2 2 2 2 2 2 1 1 2 2 2 2 2"),
  ]);
});

test("a metric that is not finite is one bad observation and stays out of the window", () => {
  expect(close(fed(base, [1, Number.NaN, Number.NaN, 0.5]).rates)).toEqual([0.1, 0.1, 0.05, 0.05]);
  const broken = [5, 4, Number.POSITIVE_INFINITY, 3, 2, 1, 0.5];
  const [window] = fields({ ...base, window: 3 }, broken, "window") as number[][][];
  expect(window!.at(-1)).toEqual([2, 1, 0.5]);
  expect(fed({ ...base, window: 3 }, broken).rates.at(-1)).toBeGreaterThan(0.1);
});

test("a huge metric that has left the window leaves no trace in its mean", () => {
  const [sum] = fields({ ...base, window: 2 }, [1e30, 3, 2, 1], "sum") as number[][];
  expect(sum!.at(-1)).toBe(3);
});

test("paper, D: the reset wipes best before patience elapses", () => {
  const paper: Greedy = { ...base, variant: "paper" };
  expect(close(fed(paper, plateau).rates)).toEqual([0.1, 0.1, ...Array.from({ length: 13 }, () => 0.05)]);
  const [best] = fields(paper, plateau, "best");
  expect(best!.slice(0, 7)).toEqual([1, 1, null, 2, null, 2, null]);
});

test("paper, B", () => {
  const paper: Greedy = { ...base, variant: "paper", warmupLength: 2, cooldownLength: 1 };
  const { rates } = fed(paper, falling);
  expect(close(rates)).toEqual(numbers(".1 .2 .2 .2 .3 .3 .3 .3 .3 .3 .3 .3 .3"));
  const [best, reset] = fields(paper, falling, "best", "reset");
  expect(best!.slice(0, 8)).toEqual([10, 9, null, 7, null, 5, null, 5]);
  expect(reset!.slice(0, 4)).toEqual([1, 0, 1, 0]);
});

test("blog: a window continues the change whatever the metric says", () => {
  const blog: Greedy = { ...base, variant: "blog", maxRate: 10, warmupLength: 2, cooldownLength: 3 };
  expect(close(fed(blog, numbers("10 9 8 9 10 11 11 11 11 4 3 2")).rates)).toEqual(
    numbers(".1 .2 .4 .8 .8 .4 .2 .1 .05 .05 .1 .2"),
  );
});

test("cadence: every n steps it sees the mean of the losses in between", () => {
  const slow: Greedy = { ...base, every: 2, patience: 0 };
  expect(fields(slow, [4, 2, 3, 1], "best")[0]).toEqual([null, 3, 3, 2]);
  expect(fields({ ...slow, every: "epoch" }, [4, 2, 3, 1], "best")[0]).toEqual([null, null, null, null]);
});

test("cadence: each evaluation", () => {
  const bound = bindSchedule(
    ScheduleSpec.parse({ ...base, metric: "validation/loss", every: "evaluation" }),
    contextOf(),
  );
  expect(bound.needs).toMatchObject({ trainLoss: false, evalLoss: true });
  const quiet = bound.observe(bound.start(), 0, { applied: 0.1, trainLoss: 5 });
  expect(quiet).toMatchObject({ best: null });
  expect(bound.observe(quiet, 1, { applied: 0.1, evalLoss: 4 })).toMatchObject({ best: 4 });
});

test("a clipped rate is where it goes on from", () => {
  const bound = bindSchedule(ScheduleSpec.parse(base), contextOf());
  const clipped = bound.observe(bound.start(), 0, { applied: 0.04, trainLoss: 1 });
  expect(bound.plan(clipped, 1, {}).rate).toBe(0.04);
  const raised = bound.observe(clipped, 1, { applied: 0.04, trainLoss: 0.5 });
  expect(bound.plan(raised, 2, {}).rate).toBe(0.08);
});

test("edge of stability: on a quadratic an excursion grows by at most (2/F − 1)^(p + 1)", () => {
  const settings = fc.constantFrom([0.95, 10], [0.9, 5], [0.5, 3], [0.8, 1]);
  fc.assert(
    fc.property(settings, fc.double({ min: 1e-3, max: 1.99, noNaN: true }), ([factor, patience], start) => {
      const input: Greedy = { ...base, rate: start, factor: factor!, patience: patience!, threshold: 0, eps: 0 };
      const bound = bindSchedule(ScheduleSpec.parse({ ...input, minRate: 0, maxRate: 100 }), contextOf());
      let state = bound.start();
      let x = 1;
      let least = 1;
      let growth = 1;
      for (let step = 0; step < 400 && x !== 0; step++) {
        const planned = bound.plan(state, step, {});
        const applied = planned.rate as number;
        x *= 1 - applied;
        // The law is about the loss after the update; a training loss is measured before it, one update later.
        state = bound.observe(planned.state, step, { applied, trainLoss: 0.5 * x * x });
        growth = Math.max(growth, Math.abs(x) / least);
        least = Math.min(least, Math.abs(x));
      }
      expect(growth).toBeLessThanOrEqual((2 / factor! - 1) ** (patience! + 1) * (1 + 1e-9));
    }),
    { numRuns: 200 },
  );
});

test("the rate scales with the starting rate and bounds, not with the loss in relative mode", () => {
  const relative: Greedy = { kind: "greedy", rate: 0.1, patience: 1, window: 3 };
  const metrics = Array.from({ length: 80 }, (_, step) => 3 + Math.sin(step) + 20 / (step + 1));
  const first = fed(relative, metrics).rates;
  expect(close(fed({ ...relative, rate: 0.8 }, metrics).rates)).toEqual(close(first.map((rate) => 8 * rate)));
  expect(
    fed(
      relative,
      metrics.map((metric) => 4 * metric),
    ).rates,
  ).toEqual(first);
});

test("warnings: blow-up, floor, ceiling, eps, negative metrics", () => {
  const warn = (changes: Partial<Greedy>): string =>
    scheduleWarnings(ScheduleSpec.parse({ kind: "greedy", rate: 0.1, ...changes }), contextOf()).join("\n");
  expect(warn({})).toBe("");
  expect(warn({ factor: 0.5, patience: 3 })).toBe("");
  expect(warn({ factor: 0.5, patience: 10 })).toMatch(/Can blow up.*177100 times/);
  expect(warn({ minRate: 0.2 })).toMatch(/minRate \(0.2\) is above the starting rate \(0.1\)/);
  expect(warn({ minRate: 0, maxRate: 0.05 })).toMatch(/maxRate \(0.05\) is below the starting rate/);
  expect(warn({ rate: 1e-6, minRate: 1e-7, eps: 1e-8 })).toMatch(/eps \(1e-8\) freezes the rate: below 2e-7/);
  expect(warn({ thresholdMode: "signed-relative" })).toMatch(/negative/);
});
