import { alignTo, type Curve, gridOver, quantilesOf, rateShape, shapeDistance } from "@etude/curves";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const plain = (x: readonly number[], value: readonly number[]): Curve => ({ x, value, min: value, max: value });

describe("aligning", () => {
  test("a grid spans every curve and ends exactly", () => {
    expect([...gridOver([{ x: [1, 2] }, { x: [] }, { x: [0.5, 1.1] }], 4)]).toEqual([0.5, 1, 1.5, 2]);
    expect([...gridOver([{ x: [3] }], 10)]).toEqual([3]);
    expect([...gridOver([{ x: [] }], 10)]).toEqual([]);
    expect(gridOver([{ x: [0, 0.3] }], 7).at(-1)).toBe(0.3);
  });

  test("values lie on the line, nothing outside the curve, and a spike between places shows", () => {
    const { value, min, max } = alignTo(plain([1, 2, 3, 4], [10, 20, 99, 40]), [0, 1, 2.5, 4, 5]);
    expect([...value]).toEqual([Number.NaN, 10, 59.5, 40, Number.NaN]);
    expect([...min]).toEqual([Number.NaN, 10, 20, 40, Number.NaN]);
    expect([...max]).toEqual([Number.NaN, 10, 59.5, 99, Number.NaN]);
  });

  test("the extremes of all stretches are those of the curve, whatever the grid", () => {
    const curve = fc
      .uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 60 })
      .map((x) => x.sort((a, b) => a - b))
      .chain((x) =>
        fc.tuple(
          fc.constant(x),
          fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: x.length, maxLength: x.length }),
        ),
      );
    fc.assert(
      fc.property(curve, fc.integer({ min: 2, max: 40 }), ([x, values], places) => {
        const { min, max, value } = alignTo(plain(x, values), gridOver([{ x }], places));
        expect(min.reduce((a, b) => Math.min(a, b))).toBe(Math.min(...values));
        expect(max.reduce((a, b) => Math.max(a, b))).toBe(Math.max(...values));
        expect(value.every((one, i) => min[i]! <= one && one <= max[i]!)).toBe(true);
      }),
    );
  });

  test("values that are not finite stay out of the extremes", () => {
    const { value, min, max } = alignTo(plain([0, 1, 2], [1, Number.NaN, Number.POSITIVE_INFINITY]), [0, 2]);
    expect([...value]).toEqual([1, Number.POSITIVE_INFINITY]);
    expect([min[0], max[0]]).toEqual([1, 1]);
    expect([min[1], max[1]]).toEqual([Number.NaN, Number.NaN]);
  });
});

test("quantiles are those of NumPy and R", () => {
  expect(quantilesOf([4, 1, Number.NaN, 3, 2], [0, 0.1, 0.5, 1])).toEqual([1, 1.3, 2.5, 4]);
  expect(quantilesOf([7], [0, 0.3, 1])).toEqual([7, 7, 7]);
  expect(quantilesOf([Number.NaN], [0.5])).toEqual([Number.NaN]);
  expect(() => quantilesOf([1], [1.1])).toThrow("got 1.1");
});

describe("shapes of rates", () => {
  const steps = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

  test("hold the rate in force at even places, also at the ends, and no infinite logarithm", () => {
    const shape = rateShape([0, 10, 20], [0.1, 0.001, 0], 5)!;
    expect(Array.from(shape, (one) => Math.round(one * 1000) / 1000)).toEqual([-1, -1, -3, -3, -7]);
    expect(rateShape([0, 1], [0, 0], 4)).toBeUndefined();
    expect(rateShape([], [], 4)).toBeUndefined();
  });

  test("a run of any length of one schedule has one shape", () => {
    const cosine = (n: number) =>
      rateShape(
        steps(n),
        steps(n).map((t) => 1 + Math.cos((Math.PI * t) / n) + 1e-3),
        32,
      )!;
    expect(shapeDistance(cosine(5000), cosine(100_000), false).distance).toBeLessThan(0.01);
  });

  test("the distance is a metric; scale is told apart from shape", () => {
    const shape = fc.array(fc.double({ min: -8, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 });
    const d = (a: number[], b: number[]): number => shapeDistance(a, b, false).distance;
    fc.assert(
      fc.property(shape, shape, shape, fc.double({ min: -3, max: 3, noNaN: true }), (a, b, c, by) => {
        expect(d(a, a)).toBe(0);
        expect(d(a, b)).toBeCloseTo(d(b, a), 12);
        expect(d(a, c)).toBeLessThanOrEqual(d(a, b) + d(b, c) + 1e-9);
        const moved = shapeDistance(
          a.map((one) => one + by),
          b,
          true,
        );
        expect(moved.shapeDistance).toBeCloseTo(shapeDistance(a, b, true).shapeDistance, 6);
        expect(moved.offset).toBeCloseTo(shapeDistance(a, b, true).offset + by, 9);
      }),
    );
    expect(shapeDistance([0, 0, 3], [0, 0, 0], false).farthest).toEqual({ place: 2, difference: 3 });
    expect(() => shapeDistance([1], [1, 2], false)).toThrow("got 1 and 2");
  });
});
