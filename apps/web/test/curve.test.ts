import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { averageCurves, meanAndDeviation } from "../src/chart/average.ts";
import { exactCurve, joinCurves, sliceCurve, valueAt } from "../src/chart/curve.ts";
import { reduceCurve } from "../src/chart/reduce.ts";
import { Smoother } from "../src/chart/smooth.ts";

const curveOf = (points: readonly (readonly [step: number, value: number])[]) =>
  exactCurve(
    Float64Array.from(points, ([step]) => step),
    Float64Array.from(points, ([, value]) => value),
  );
const ramp = (n: number, value: (step: number) => number = (step) => step) =>
  curveOf(Array.from({ length: n }, (_, step) => [step, value(step)] as const));

describe("folding to the width of the screen", () => {
  it("keeps a spike of one step, however wide the range", () => {
    const spike = 77_777;
    const curve = ramp(100_000, (step) => (step === spike ? 50 : 1));
    const folded = reduceCurve(curve, 0, 99_999, 400);
    expect(folded.steps.length).toBeLessThanOrEqual(402);
    const at = folded.max.indexOf(50);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(folded.steps[at]).toBeGreaterThanOrEqual(spike);
    expect(folded.steps[at - 1]).toBeLessThan(spike);
    expect(folded.min[at]).toBe(1);
    expect(folded.values.every((value) => value === 1)).toBe(true);
  });

  it("leaves what fits as it is, without copying", () => {
    const curve = ramp(100);
    const same = reduceCurve(curve, 0, 99, 100);
    expect(same.exact).toBe(true);
    expect(same.steps.buffer).toBe(curve.steps.buffer);
    expect([...same.steps]).toEqual([...curve.steps]);
  });

  it("loses no extreme, keeps the last value and the order of steps, for any curve and range", () => {
    const values = fc.array(fc.oneof(fc.double(), fc.constant(Number.NaN)), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(values, fc.nat(400), fc.nat(400), fc.integer({ min: 1, max: 40 }), (column, a, b, width) => {
        const curve = ramp(column.length, (step) => column[step]!);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const part = sliceCurve(curve, from, to);
        const folded = reduceCurve(curve, from, to, width);
        const finite = [...part.values].filter(Number.isFinite);
        const lows = [...folded.min].filter(Number.isFinite);
        const highs = [...folded.max].filter(Number.isFinite);
        expect(Math.min(...lows)).toBe(Math.min(...finite));
        expect(Math.max(...highs)).toBe(Math.max(...finite));
        expect(folded.values.at(-1)).toEqual(part.values.at(-1));
        expect(folded.steps.every((step, i) => i === 0 || step > folded.steps[i - 1]!)).toBe(true);
      }),
    );
  });

  it("takes buckets as well as points, weighing their means by the steps they cover", () => {
    const buckets = reduceCurve(ramp(1000), 0, 999, 100);
    const again = reduceCurve(buckets, 0, 999, 10);
    expect(again.steps.length).toBeLessThanOrEqual(12);
    expect([...again.min][0]).toBe(0);
    expect([...again.max].at(-1)).toBe(999);
    const covered = [...again.steps].map((step, i) => step - (again.steps[i - 1] ?? -1));
    const mean = [...again.mean].reduce((sum, value, i) => sum + value * covered[i]!, 0) / 1000;
    expect(mean).toBeCloseTo(499.5, 6);
  });
});

describe("reading a curve", () => {
  const sparse = curveOf([
    [10, 1],
    [20, 2],
    [30, 3],
  ]);

  it("holds the last value until the next", () => {
    expect([5, 10, 19, 20, 99].map((step) => valueAt(sparse, step))).toEqual([undefined, 1, 1, 2, 3]);
  });

  it("cuts a range with one point beyond either end", () => {
    expect([...sliceCurve(ramp(100), 10, 20).steps]).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
    expect([...sliceCurve(sparse, 12, 13).steps]).toEqual([10, 20]);
    expect([...sliceCurve(sparse, 40, 50).steps]).toEqual([30]);
  });

  it("joins a detail with what came after it", () => {
    const detail = ramp(15);
    const whole = reduceCurve(ramp(20), 0, 19, 5);
    const joined = joinCurves(detail, whole);
    expect([...joined.steps.subarray(0, 15)]).toEqual([...detail.steps]);
    expect(joined.steps.at(-1)).toBe(19);
    expect(joined.exact).toBe(false);
    expect([...joined.steps].every((step, i, all) => i === 0 || step > all[i - 1]!)).toBe(true);
  });
});

describe("smoothing", () => {
  const noise = (n: number) => ramp(n, (step) => Math.sin(step * 12.9898) * 43_758.5453);

  it("follows a growing curve, and starts afresh when the points before changed", () => {
    const smoother = new Smoother(20);
    expect(smoother.of(noise(10), 1).steps).toHaveLength(10);
    const grown = smoother.of(noise(1000), 1);
    expect([...grown.values]).toEqual([...new Smoother(20).of(noise(1000), 5).values]);
    expect(smoother.of(noise(1000), 1)).toBe(grown);
    const other = ramp(1000);
    expect([...smoother.of(other, 2).values]).toEqual([...new Smoother(20).of(other, 0).values]);
  });

  it("smooths buckets by their means, and nothing at a span of 0", () => {
    const buckets = reduceCurve(noise(5000), 0, 4999, 50);
    const extremes = (values: Float64Array): number => Math.max(...values) - Math.min(...values);
    expect(extremes(new Smoother(500).of(buckets, 0).values)).toBeLessThan(extremes(buckets.mean));
    expect(new Smoother(0).of(buckets, 0)).toBe(buckets);
  });
});

describe("averaging runs", () => {
  it("gives mean and extremes where all runs are, and lets none drop out", () => {
    const average = averageCurves([ramp(10), ramp(6, () => 2), curveOf([])]);
    expect([...average.steps]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...average.mean]).toEqual([1, 1.5, 2, 2.5, 3, 3.5]);
    expect([...average.min]).toEqual([0, 1, 2, 2, 2, 2]);
    expect([...average.max]).toEqual([2, 2, 2, 3, 4, 5]);
  });

  it("knows a deviation only from two values on", () => {
    expect(meanAndDeviation([])).toBeUndefined();
    expect(meanAndDeviation([5])).toEqual({ mean: 5, deviation: undefined });
    expect(meanAndDeviation([1, 3])).toEqual({ mean: 2, deviation: Math.SQRT2 });
  });
});
