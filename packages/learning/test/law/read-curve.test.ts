import { describe, expect, it } from "vitest";
import { readCurve } from "../../src/law/index.ts";

const rows: (number | string)[][] = Array.from({ length: 8 }, (_, i) => [i * 10, 0.1, 2 - i / 10]);
const csv = (lines: readonly (readonly unknown[])[], heading = "step,lr,loss"): string =>
  [heading, ...lines.map((line) => line.join(","))].join("\n");

describe("a curve in CSV", () => {
  it("is read by the names of its columns", () => {
    const text = csv(
      rows.map(([step, lr, loss]) => ["x", loss, ` ${step} `, lr]),
      '\uFEFFnote, Loss,STEP,"lr"',
    );
    const curve = readCurve("a.csv", `${text}\n \n`.replaceAll("\n", "\r\n"));
    expect(Array.from(curve.loss.step)).toEqual(rows.map(([step]) => step));
    expect(Array.from(curve.loss.value)).toEqual(rows.map(([, , loss]) => loss));
    expect(Array.from(curve.rate.value)).toEqual(rows.map(([, lr]) => lr));
  });

  it.each([
    ["a missing column", csv(rows, "step,rate,loss"), "a.csv: has no column lr; its columns are step, rate, loss"],
    ["no content", "", "a.csv: has no column step, lr, loss; its columns are none"],
    ["a word", csv(rows.with(2, [20, "high", 1])), "a.csv: row 3: lr must be a number; got high"],
    ["NaN", csv(rows.with(2, [20, 0.1, "nan"])), "a.csv: row 3: loss must be a number; got nan"],
    ["a short row", csv(rows.with(3, [30, 0.1])), "a.csv: row 4: loss must be a number; got nothing"],
    ["steps that fall", csv(rows.with(2, [5, 0.1, 1])), "a.csv: row 3: steps must increase; got 5 after 10"],
    ["a rate below 0", csv(rows.with(2, [20, -0.1, 1])), "a.csv: row 3: lr must be a number from 0; got -0.1"],
    ["no rate", csv(rows.map(([step, , loss]) => [step, 0, loss])), "a.csv: lr is 0 in every row"],
    ["few rows", csv(rows.slice(1)), "a.csv: has 7 rows; a law needs at least 8"],
  ])("is refused with %s", (_, text, says) => {
    expect(() => readCurve("a.csv", text)).toThrow(says);
  });
});
