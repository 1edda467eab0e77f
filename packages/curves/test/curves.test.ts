import { area, bandOf, Columns, onGrid, smoothed, stepsToTarget } from "@etude/curves";
import * as fc from "fast-check";
import { expect, test } from "vitest";

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test("columns grow, keep steps strictly increasing, and are cut at a step", () => {
  const columns = new Columns();
  expect(columns.append([0, 1, 2], [5, 4, 3])).toBe(3);
  expect(columns.append([2, 1, 3], [9, 9, 2])).toBe(1);
  expect([...columns.steps]).toEqual([0, 1, 2, 3]);
  expect([...columns.values]).toEqual([5, 4, 3, 2]);
  columns.cut(2);
  expect([columns.length, columns.lastStep]).toEqual([2, 1]);
  columns.append([1.5], [Number.NaN]);
  expect([...columns.values]).toEqual([5, 4, Number.NaN]);
  columns.cut(-1);
  expect([columns.length, columns.lastStep]).toEqual([0, null]);
  expect(() => columns.append([1], [])).toThrow("got 1 and 0");
});

test("columns keep every point whatever the pieces they come in", () => {
  fc.assert(
    fc.property(fc.array(fc.array(number, { maxLength: 900 }), { maxLength: 8 }), (pieces) => {
      const columns = new Columns();
      let step = 0;
      for (const piece of pieces)
        columns.append(
          piece.map(() => step++),
          piece,
        );
      expect([...columns.values]).toEqual(pieces.flat());
      expect([...columns.steps]).toEqual(pieces.flat().map((_, index) => index));
    }),
  );
});

test("smoothing: no bias at the start, none on a constant, and values that are not finite stay out", () => {
  expect([...smoothed([0, 1, 2], [4, 4, 4], 10)]).toEqual([4, 4, 4]);
  expect(smoothed([0, 1], [1, 0], 1)[1]).toBeCloseTo(Math.exp(-1) / (1 + Math.exp(-1)), 12);
  expect([...smoothed([0, 1, 2], [1, Number.NaN, 1], 5)]).toEqual([1, Number.NaN, 1]);
  expect([...smoothed([0, 1], [3, 5], 0)]).toEqual([3, 5]);
  expect(() => smoothed([0], [1], -1)).toThrow("span must be a number of steps from 0; got -1");
});

test("smoothing weighs by distance: a point far behind counts for nothing", () => {
  expect(smoothed([0, 1000], [100, 1], 10)[1]).toBeCloseTo(1, 12);
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 1, maxLength: 100 }),
      fc.double({ min: 0.1, max: 1e4, noNaN: true }),
      (values, span) => {
        const steps = values.map((_, index) => index);
        const result = smoothed(steps, values, span);
        for (const value of result) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-3);
          expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-3);
        }
      },
    ),
  );
});

test("area by trapezoids, whole and within a window; divergence is infinite", () => {
  expect(area([0, 1, 3], [0, 2, 2])).toBe(5);
  expect(area([0, 1, 3], [0, 2, 2], 0.5, 2)).toBe(0.75 + 2);
  expect(area([0, 1, 3], [0, 2, 2], 4, 9)).toBe(0);
  expect(area([0], [7])).toBe(0);
  expect(area([0, 1, 2], [1, Number.NaN, 1])).toBe(Number.POSITIVE_INFINITY);
});

test("areas of two windows add up", () => {
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 2, maxLength: 50 }),
      fc.double({ min: 0, max: 49, noNaN: true }),
      (values, at) => {
        const steps = values.map((_, index) => index);
        expect(area(steps, values, 0, at) + area(steps, values, at)).toBeCloseTo(area(steps, values), 4);
      },
    ),
  );
});

test("steps to a target", () => {
  expect(stepsToTarget([0, 10, 20], [3, 2, 1], 2)).toBe(10);
  expect(stepsToTarget([0, 10, 20], [0.1, Number.NaN, 0.9], 0.5, "max")).toBe(20);
  expect(stepsToTarget([0, 10], [3, 2], 1)).toBeNull();
});

test("a curve on a grid", () => {
  const [steps, values] = [
    [1, 3, 4],
    [10, 30, 20],
  ];
  expect([...onGrid(steps!, values!, [0, 1, 2, 3.5, 4, 5])]).toEqual([Number.NaN, 10, 20, 25, 20, Number.NaN]);
  expect([...onGrid(steps!, values!, [1, 2, 3, 3.9], "previous")]).toEqual([10, 10, 30, 30]);
  expect([...onGrid([], [], [0])]).toEqual([Number.NaN]);
});

test("a band leaves out what is not finite", () => {
  const { mean, deviation, min, max, count } = bandOf([
    [1, 5, Number.NaN],
    [3, Number.NaN, Number.NaN],
  ]);
  expect([...mean]).toEqual([2, 5, Number.NaN]);
  expect([...deviation]).toEqual([Math.SQRT2, Number.NaN, Number.NaN]);
  expect([...min]).toEqual([1, 5, Number.NaN]);
  expect([...max]).toEqual([3, 5, Number.NaN]);
  expect([...count]).toEqual([2, 1, 0]);
  expect(() => bandOf([[1], [1, 2]])).toThrow("got 1, 2");
  expect(bandOf([]).mean).toHaveLength(0);
});
