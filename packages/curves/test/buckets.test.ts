import { bucketise } from "@etude/curves";
import * as fc from "fast-check";
import { expect, test } from "vitest";

const series = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 50 }),
      fc.oneof(
        { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
      ),
    ),
    { maxLength: 300 },
  )
  .map((points) => {
    let step = -7;
    return {
      steps: Float64Array.from(points, ([gap]) => (step += gap)),
      values: Float64Array.from(points, ([, v]) => v),
    };
  });

test("a one-step spike is in max", () => {
  const steps = Float64Array.from({ length: 100_000 }, (_, i) => i);
  const values = steps.map(() => 1);
  values[54_321] = 99;
  const { max, count } = bucketise(steps, values, 800);
  expect(max.length).toBe(800);
  expect([...max].filter((value) => value === 99)).toHaveLength(1);
  expect([...count].every((n) => n === 125)).toBe(true);
});

test("non-finite values stay out of min, max and mean, are counted, and may be last", () => {
  const { step, last, min, max, mean, count } = bucketise(
    [0, 1, 2, 3],
    [1, 3, Number.NaN, Number.POSITIVE_INFINITY],
    2,
  );
  expect([...step]).toEqual([1, 3]);
  expect([...last]).toEqual([3, Number.POSITIVE_INFINITY]);
  expect([...min]).toEqual([1, Number.NaN]);
  expect([...max]).toEqual([3, Number.NaN]);
  expect([...mean]).toEqual([2, Number.NaN]);
  expect([...count]).toEqual([2, 2]);
});

test("whatever the series, no bucket is empty and nothing is lost", () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 40 }), ({ steps, values }, width) => {
      const buckets = bucketise(steps, values, width);
      const finite = values.filter(Number.isFinite);
      const sum = (data: Iterable<number>): number => [...data].reduce((a, b) => a + b, 0);
      expect(buckets.step.length).toBeLessThanOrEqual(width);
      expect(sum(buckets.count)).toBe(steps.length);
      expect([...buckets.count].every((n) => n > 0)).toBe(true);
      expect([...buckets.step].every((step, i, all) => i === 0 || step > all[i - 1]!)).toBe(true);
      if (steps.length > 0) expect(buckets.step.at(-1)).toBe(steps.at(-1));
      if (finite.length > 0) {
        expect(Math.min(...buckets.min.filter(Number.isFinite))).toBe(Math.min(...finite));
        expect(Math.max(...buckets.max.filter(Number.isFinite))).toBe(Math.max(...finite));
      }
    }),
  );
});

test("columns of different lengths and impossible widths are refused", () => {
  expect(() => bucketise([1], [], 5)).toThrow("got 1 and 0");
  expect(() => bucketise([1], [1], 0)).toThrow("width must be a whole number from 1; got 0");
});
