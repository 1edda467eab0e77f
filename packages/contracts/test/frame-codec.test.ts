import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrame, encodeBuckets, encodePoints, fitsFloat32, strideOf } from "@etude/contracts";

const value = fc.oneof(fc.double(), fc.float(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 5e-324));
const columns = (n: number) =>
  fc.record({
    steps: fc
      .uniqueArray(fc.integer({ min: 0, max: 1e9 }), { minLength: n, maxLength: n })
      .map((steps) => Float64Array.from(steps.sort((a, b) => a - b))),
    values: fc.array(value, { minLength: n, maxLength: n }).map((values) => Float64Array.from(values)),
  });
const series = fc.integer({ min: 0, max: 40 }).chain((n) =>
  fc.record({
    key: fc.constantFrom("train/loss", "learning-rate", "π"),
    index: fc.nat(20),
    from: fc.nat(),
    columns: columns(n),
  }),
);
const head = { runId: "0190b0c0-0000-7000-8000-000000000000", attempt: 2, from: 3, to: 9, cursor: "abc" };

describe("the binary frame", () => {
  it("gives back every bit, at any offset in a larger buffer", () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 5 }), fc.nat(15), (parts, offset) => {
        const piece = { ...head, series: parts.map(({ columns, ...one }) => ({ ...one, ...columns })) };
        const bytes = encodePoints(piece);
        const inside = new Uint8Array(bytes.length + offset);
        inside.set(bytes, offset);
        expect(decodeFrame(inside.subarray(offset))).toEqual({ type: "points-appended", ...piece });
      }),
    );
  });

  it("costs 4 bytes a point for float32 values at regular steps", () => {
    const n = 10_000;
    const steps = Float64Array.from({ length: n }, (_, i) => 100 + 5 * i);
    const values = Float64Array.from({ length: n }, (_, i) => Math.fround(Math.sin(i)));
    const bytes = encodePoints({ ...head, series: [{ key: "train/loss", index: 0, from: 0, steps, values }] });
    expect(bytes.length).toBeLessThan(4 * n + 400);
  });

  it("carries buckets", () => {
    const column = (...values: number[]): Float64Array => Float64Array.from(values);
    const one = {
      key: "train/loss",
      index: 1,
      from: 7,
      n: 5,
      step: column(2, 4),
      last: column(1, NaN),
      min: column(0, NaN),
      max: column(3, NaN),
      mean: column(2, NaN),
      count: column(3, 2),
    };
    expect(decodeFrame(encodeBuckets({ ...head, series: [one] }))).toEqual({
      type: "points-summarised",
      ...head,
      series: [one],
    });
  });

  it("refuses bytes that are no frame", () => {
    expect(() => decodeFrame(new Uint8Array([9, 0, 0, 0, 123]))).toThrow();
    expect(() => decodeFrame(new Uint8Array(2))).toThrow(RangeError);
  });
});

describe("column helpers", () => {
  it("sees what float32 can hold", () => {
    expect(fitsFloat32([0.5, NaN, -Infinity, -0])).toBe(true);
    expect(fitsFloat32([0.1])).toBe(false);
    expect(fitsFloat32([1e300])).toBe(false);
  });
  it("finds the stride of steps", () => {
    expect(strideOf([])).toBe(1);
    expect(strideOf([7])).toBe(1);
    expect(strideOf([0, 5, 10])).toBe(5);
    expect(strideOf([0, 5, 11])).toBeUndefined();
  });
});
