import { previewSchedule, scheduleCatalogue, ScheduleSpec, scheduleWarnings, type ScheduleInput } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { contextOf, fed, rates } from "./run.ts";

const preview = (input: ScheduleInput, options: Parameters<typeof previewSchedule>[2], changes = {}) =>
  previewSchedule(ScheduleSpec.parse(input), contextOf({ horizon: options.steps, ...changes }), options);

test("exact rates are the rates of the machine", () => {
  const {
    rates: exact,
    reactive,
    firstRate,
    range,
  } = preview({ kind: "cosine", rate: 0.1, warmup: { steps: 5 } }, { steps: 100 });
  expect([...exact!]).toEqual(rates({ kind: "cosine", rate: 0.1, warmup: { steps: 5 } }, 100));
  expect({ reactive, firstRate }).toEqual({ reactive: false, firstRate: 0 });
  expect(range).toEqual({ min: 0, max: 0.1 });
});

test("buckets hold what the exact rates hold, and no more rows than asked for", () => {
  const input: ScheduleInput = { kind: "cyclic", rate: 1, minRate: 0.1, stepsUp: 3 };
  const exact = preview(input, { steps: 1003 }).rates!;
  const { buckets } = preview(input, { steps: 1003, width: 40 });
  expect(buckets!.step).toHaveLength(40);
  expect(buckets!.count.reduce((a, b) => a + b)).toBe(1003);
  let from = 0;
  for (const [row, last] of buckets!.step.entries()) {
    const part = exact.slice(from, last + 1);
    expect(buckets!.last[row]).toBe(exact[last]);
    expect(buckets!.min[row]).toBe(Math.min(...part));
    expect(buckets!.max[row]).toBe(Math.max(...part));
    expect(buckets!.mean[row]).toBeCloseTo(part.reduce((a, b) => a + b) / part.length, 12);
    expect(buckets!.count[row]).toBe(part.length);
    from = last + 1;
  }
});

test("a wider preview than the run has one rate a bucket", () => {
  const { buckets } = preview({ kind: "linear", rate: 1 }, { steps: 4, width: 100 });
  expect([...buckets!.last]).toEqual([1, 0.75, 0.5, 0.25]);
});

test("a schedule that reacts to a metric follows a given trace", () => {
  const input: ScheduleInput = { kind: "greedy", rate: 0.1, patience: 1, window: 1 };
  const metrics = [5, 4, 3, 2, 3, 3, 3];
  const { rates: curve, reactive } = preview(input, { steps: 100, metrics });
  expect(reactive).toBe(true);
  expect([...curve!]).toEqual([0.1, ...fed(input, metrics).rates]);
  expect(preview(input, { steps: 3, metrics }).rates).toHaveLength(3);
});

test("without a trace it says its first rate and its range", () => {
  const without = (input: ScheduleInput) => {
    const { reactive, firstRate, range, rates, buckets } = preview(input, { steps: 100 });
    expect({ reactive, rates, buckets }).toEqual({ reactive: true, rates: null, buckets: null });
    return { firstRate, range };
  };
  expect(without({ kind: "greedy", rate: 0.1, minRate: { ofStart: 0.5 }, maxRate: { ofStart: 4 } })).toEqual({
    firstRate: 0.1,
    range: { min: 0.05, max: 0.4 },
  });
  expect(without({ kind: "plateau", rate: 0.1, minRate: 0.01, tail: { steps: 5, to: 0.5 } }).range).toEqual({
    min: 0.005,
    max: 0.1,
  });
  expect(without({ kind: "hypergradient", rate: 1, warmup: { steps: 5, from: 0.5 } })).toEqual({
    firstRate: 0.5,
    range: { min: 5e-5, max: 1e4 },
  });
  expect(without({ kind: "line-search", reset: 2 })).toEqual({ firstRate: 1, range: { min: 0, max: 1 } });
  expect(without({ kind: "line-search", reset: 1 }).range).toBeNull();
});

describe("every kind", () => {
  test.each(scheduleCatalogue())("$kind can be previewed over a million steps in a few buckets", ({ example }) => {
    const recorded = Array.from({ length: 50 }, (_, step) => 0.1 / (step + 1));
    const curves = example["kind"] === "replay" ? { [example["run"] as string]: recorded } : {};
    const { buckets, range } = preview(example as ScheduleInput, { steps: 1_000_000, width: 100 }, { curves });
    if (buckets) expect(buckets.step).toHaveLength(100);
    else expect(range === null || range.max > 0).toBe(true);
  });
});

test("a rate relative to a bound that is not known is shown in multiples of it, with a warning", () => {
  const input: ScheduleInput = { kind: "greedy", rate: { ofBound: 0.5 }, minRate: 0.1 };
  expect(preview(input, { steps: 5 }).firstRate).toBe(0.5);
  expect(preview(input, { steps: 5 }, { initialBound: [4] }).firstRate).toBe(2);
  expect(scheduleWarnings(ScheduleSpec.parse(input), contextOf()).join()).toMatch(
    /a multiple of the model's stability bound/,
  );
  expect(scheduleWarnings(ScheduleSpec.parse(input), contextOf({ initialBound: [4] }))).toEqual([]);
});

test("numbers that are not whole are refused", () => {
  expect(() => preview({ kind: "constant", rate: 1 }, { steps: 2.5 })).toThrow("whole number");
  expect(() => preview({ kind: "constant", rate: 1 }, { steps: 5, width: 0 })).toThrow(
    "width must be a whole number from 1; got 0",
  );
});
