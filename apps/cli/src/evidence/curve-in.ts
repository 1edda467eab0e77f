import { type CurveImport, toJsonNumber } from "@etude/contracts";
import Papa from "papaparse";
import { UsageError } from "../exit-codes.ts";

const columns = ["step", "lr", "loss"] as const;

/** The number in a cell; a loss may be NaN or infinite, as after a divergence. Throws a UsageError that names the cell. */
function numberIn(text: string | undefined, where: string): number {
  const word = text?.trim() ?? "";
  if (/^[-+]?inf(inity)?$/i.test(word)) return word.startsWith("-") ? -Infinity : Infinity;
  const value = word === "" ? Number.NaN : Number(word);
  if (Number.isNaN(value) && word.toLowerCase() !== "nan") {
    throw new UsageError(`${where} is ${word === "" ? "empty" : word}.`, "It must be a number.");
  }
  return value;
}

/** Reads a curve from CSV with the columns step, lr and loss, beside others, in any order. Throws a UsageError. */
export function curveIn(file: string, text: string): CurveImport["curve"] {
  const { data, meta } = Papa.parse<Record<string, string>>(text.replace(/^\uFEFF/, ""), {
    header: true,
    skipEmptyLines: "greedy",
    transformHeader: (title) => title.trim().toLowerCase(),
  });
  const missing = columns.filter((column) => !meta.fields?.includes(column));
  if (missing.length > 0) {
    throw new UsageError(`${file} has no column ${missing.join(", ")}.`, "Its columns must be step, lr and loss.");
  }
  const [step, rate, loss] = columns.map((column) =>
    data.map((row, i) => numberIn(row[column], `${file}: row ${i + 1}: ${column}`)),
  ) as [number[], number[], number[]];
  return { step, rate, loss: loss.map(toJsonNumber) };
}
