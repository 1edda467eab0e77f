import { PointsSpec } from "@etude/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PointsBody, readSpec } from "../src/runs/points-body.ts";

const odd = fc.constantFrom<unknown>(null, true, "NaN", "Infinity", "-Infinity", "x", -1, 0.5, Infinity, [], {});
/** Mostly what fits, at times something else. */
const mostly = (fits: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 20, arbitrary: fits }, { weight: 1, arbitrary: odd });
const number = mostly(fc.double({ noNaN: true, noDefaultInfinity: true }));
const columns = fc.integer({ min: 0, max: 2 }).chain((n) => {
  const column = fc.array(number, { minLength: n, maxLength: n });
  const ramp = fc.record({ first: number, stride: mostly(fc.constantFrom(0.5, 1, 100)) }, { requiredKeys: ["first"] });
  return fc.record({ steps: mostly(fc.oneof(column, ramp)), values: mostly(column) });
});
const series = fc
  .tuple(
    fc.record({ key: mostly(fc.constantFrom("a", "train/loss", "A.b-c")), from: mostly(fc.nat()) }),
    columns,
    mostly(fc.constant(undefined)),
  )
  .map(([named, both, more]) => ({ ...named, ...both, ...(more === undefined ? {} : { more }) }));
const body = mostly(
  fc.record(
    { attempt: mostly(fc.nat()), series: fc.array(mostly(series), { maxLength: 2 }) },
    { requiredKeys: ["series"] },
  ),
);

describe("reading points from JSON", () => {
  test("takes exactly what the schema takes", () => {
    let taken = 0;
    fc.assert(
      fc.property(body, (value) => {
        const fits = PointsSpec.safeParse(value).success;
        taken += fits ? 1 : 0;
        expect(readSpec(value) instanceof PointsBody).toBe(fits);
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  test("gives the columns, numbers that JSON cannot hold too", () => {
    const read = readSpec({
      attempt: 2,
      series: [
        { key: "a", from: 3, steps: { first: 10, stride: 0.5 }, values: [1, "NaN", "-Infinity"] },
        { key: "b", from: 0, steps: [1, 7], values: [0.1, "Infinity"] },
      ],
    });
    expect(read?.points).toEqual({
      attempt: 2,
      series: [
        {
          key: "a",
          from: 3,
          steps: Float64Array.of(10, 10.5, 11),
          values: Float64Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY),
        },
        { key: "b", from: 0, steps: Float64Array.of(1, 7), values: Float64Array.of(0.1, Infinity) },
      ],
    });
  });
});
