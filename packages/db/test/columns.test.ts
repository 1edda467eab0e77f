import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addBlocks, addPoints, encodeBlocks, foldBlocks, noBlocks } from "../src/history/blocks.ts";
import { chunkPoints, decodeColumns, encodeColumns, joinColumns } from "../src/history/columns.ts";
import { emptySummary, fold, summarise } from "../src/history/summary.ts";

const value = fc.oneof(fc.double(), fc.float(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 5e-324));
/** Strictly increasing steps: regular, or with gaps, or fractional. */
const steps = (n: number): fc.Arbitrary<Float64Array> =>
  fc.oneof(
    fc.tuple(fc.nat({ max: 1e6 }), fc.integer({ min: 1, max: 50 })).map(([first, stride]) => {
      return Float64Array.from({ length: n }, (_, i) => first + i * stride);
    }),
    fc.array(fc.constantFrom(0.1, 1, 2, 2.5), { minLength: n, maxLength: n }).map((gaps) => {
      let at = 0;
      return Float64Array.from(gaps, (gap) => (at += gap));
    }),
  );
const points = (max: number) =>
  fc.nat({ max }).chain((n) =>
    fc.record({
      steps: steps(n),
      values: fc.array(value, { minLength: n, maxLength: n }).map((all) => Float64Array.from(all)),
    }),
  );

describe("columns", () => {
  test("come back as they were, in any part", () => {
    fc.assert(
      fc.property(points(40), fc.nat(40), fc.nat(40), ({ steps, values }, a, b) => {
        const [from, to] = [Math.min(a, b, values.length), Math.min(Math.max(a, b), values.length)];
        const stored = encodeColumns(steps, values);
        expect(decodeColumns(stored)).toEqual({ steps, values });
        expect(decodeColumns(stored, from, to)).toEqual({
          steps: steps.slice(from, to),
          values: values.slice(from, to),
        });
      }),
    );
  });

  test("take four bytes a value where float32 loses nothing, and no steps where they are regular", () => {
    const regular = Float64Array.of(3, 5, 7);
    expect(encodeColumns(regular, Float64Array.of(0.5, Number.NaN, -Infinity))).toMatchObject({
      enc: 4,
      step0: 3,
      stride: 2,
      steps: null,
    });
    expect(encodeColumns(regular, Float64Array.of(0.5, 0.1, 1))).toMatchObject({ enc: 8 });
    expect(encodeColumns(Float64Array.of(0, 1, 3), regular)).toMatchObject({ stride: null });
  });

  test("a buffer that is not aligned is read all the same", () => {
    const { vals, ...rest } = encodeColumns(Float64Array.of(0, 1), Float64Array.of(0.1, 0.2));
    const shifted = Buffer.concat([Buffer.of(1), vals]).subarray(1);
    expect(decodeColumns({ ...rest, vals: shifted }).values).toEqual(Float64Array.of(0.1, 0.2));
  });
});

describe("summaries", () => {
  test("folding parts is summarising the whole", () => {
    fc.assert(
      fc.property(points(60), fc.nat(60), ({ steps, values }, at) => {
        const cut = Math.min(at, values.length);
        const previous = cut === 0 ? null : { step: steps[cut - 1]!, value: values[cut - 1]! };
        const folded = fold(
          summarise(steps.slice(0, cut), values.slice(0, cut), null),
          summarise(steps.slice(cut), values.slice(cut), previous),
        );
        const { sum: _, area: __, ...whole } = summarise(steps, values, null);
        expect(folded).toMatchObject(whole);
      }),
    );
  });

  test("sum and area are over finite values and neighbouring finite points", () => {
    const steps = Float64Array.of(0, 2, 4, 6, 10);
    const values = Float64Array.of(1, 3, Number.NaN, 5, 7);
    expect(summarise(steps, values, null)).toMatchObject({
      sum: 16,
      area: 4 + 24,
      nonFinite: 1,
      min: 1,
      minStep: 0,
      max: 7,
      maxStep: 10,
      last: 7,
    });
    expect(summarise(steps, values, { step: -2, value: 1 })).toMatchObject({ area: 2 + 28 });
    expect(fold(emptySummary, emptySummary)).toEqual(emptySummary);
  });
});

describe("blocks", () => {
  const chunk = fc.record({
    steps: steps(chunkPoints),
    values: fc.array(value, { minLength: chunkPoints, maxLength: chunkPoints }).map((all) => Float64Array.from(all)),
  });

  test("of a sealed chunk are those of its points", () => {
    fc.assert(
      fc.property(chunk, fc.boolean(), ({ steps, values }, narrow) => {
        const exact = narrow ? values.map(Math.fround) : values;
        const stored = encodeColumns(steps, exact);
        const [fromPoints, fromBytes] = [noBlocks(), noBlocks()];
        addPoints(fromPoints, steps, exact);
        addBlocks(fromBytes, { ...stored, blocks: encodeBlocks(steps, exact, stored.enc) });
        expect(fromBytes).toEqual(fromPoints);
      }),
      { numRuns: 20 },
    );
  });

  test("fold into buckets that hide no value and count every point", () => {
    fc.assert(
      fc.property(points(900), fc.integer({ min: 1, max: 12 }), ({ steps, values }, width) => {
        const blocks = noBlocks();
        addPoints(blocks, steps, values);
        const buckets = foldBlocks(blocks, steps[0] ?? 0, width);
        expect(buckets.step.length).toBeLessThanOrEqual(width);
        expect(buckets.count.reduce((a, b) => a + b, 0)).toBe(values.length);
        const finite = [...values].filter(Number.isFinite);
        const bounds = [...buckets.min, ...buckets.max].filter((one) => !Number.isNaN(one));
        expect([Math.min(...bounds), Math.max(...bounds)]).toEqual([Math.min(...finite), Math.max(...finite)]);
        expect([buckets.step.at(-1), buckets.last.at(-1)]).toEqual([steps.at(-1), values.at(-1)]);
      }),
    );
  });
});

test("joining keeps the order", () => {
  expect(joinColumns([Float64Array.of(1), Float64Array.of(), Float64Array.of(2, 3)])).toEqual(Float64Array.of(1, 2, 3));
  expect(joinColumns([])).toEqual(new Float64Array());
});
