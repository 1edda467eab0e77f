import Papa from "papaparse";
import { LawError } from "./law-error.ts";
import { checkCurve, type LossCurve } from "./loss-curve.ts";

const columns = ["step", "lr", "loss"] as const;

/**
 * Returns the curve in a CSV text with the columns step, lr and loss, in any order, beside others. Throws LawError
 * invalid-curve that names the file, the column or the row (the first below the heading is 1).
 */
export function readCurve(name: string, text: string): LossCurve {
  const { data, meta } = Papa.parse<Record<string, string>>(text.replace(/^\uFEFF/, ""), {
    header: true,
    skipEmptyLines: "greedy",
    transformHeader: (title) => title.trim().toLowerCase(),
  });
  const missing = columns.filter((column) => !meta.fields?.includes(column));
  if (missing.length > 0) {
    const found = meta.fields?.filter((title) => title !== "").join(", ") || "none";
    throw new LawError("invalid-curve", `${name}: has no column ${missing.join(", ")}; its columns are ${found}`);
  }
  const [step, lr, loss] = columns.map((column) =>
    Float64Array.from(data, (row, index) => numberIn(row[column], `${name}: row ${index + 1}: ${column}`)),
  ) as [Float64Array, Float64Array, Float64Array];
  const curve = { name, rate: { step, value: lr }, loss: { step, value: loss } };
  checkCurve(curve);
  return curve;
}

function numberIn(cell: string | undefined, where: string): number {
  const text = cell?.trim() ?? "";
  const value = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new LawError("invalid-curve", `${where} must be a number; got ${text === "" ? "nothing" : text}`);
  }
  return value;
}
