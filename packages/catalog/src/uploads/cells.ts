/** From the texts of a column to its type and values. */
import type { Column, Invalid } from "./table.ts";

const missingWords = new Set(["", "na", "n/a", "nan", "null", "none", "?", "-"]);
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const isMissing = (text: string): boolean => missingWords.has(text.toLowerCase());
export const isNumeric = (text: string): boolean => decimal.test(text);

/**
 * Returns the column of these texts: numbers when more than half of those that are there are numbers, else text. With
 * `asText` it stays text, whatever it looks like.
 */
export function columnOf(name: string, texts: readonly string[], asText: boolean): Column {
  const trimmed = texts.map((text) => text.trim());
  const values = Float64Array.from(trimmed, (text) => (isNumeric(text) ? Number(text) : Number.NaN));
  let odd = 0;
  let missing = 0;
  let invalid: Invalid | undefined;
  values.forEach((value, i) => {
    if (Number.isFinite(value)) return;
    odd++;
    values[i] = Number.NaN;
    const text = trimmed[i]!;
    if (isMissing(text)) missing++;
    else invalid = { row: invalid?.row ?? i + 1, text: invalid?.text ?? text, count: (invalid?.count ?? 0) + 1 };
  });
  const numeric = texts.length - odd;
  if (asText || 2 * numeric <= texts.length - missing) {
    return { name, type: "text", values: trimmed.map((text) => (isMissing(text) ? "" : text)) };
  }
  return { name, type: "number", shape: [], values, ...(invalid && { invalid }) };
}

/** Returns a column of numbers as they came; infinities count as invalid, NaN as missing. */
export function numberColumn(name: string, shape: readonly number[], values: ArrayLike<number>): Column {
  let invalid: Invalid | undefined;
  const size = shape.reduce((a, b) => a * b, 1);
  let cleaned = values;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value) || Number.isNaN(value)) continue;
    if (!invalid) cleaned = Float64Array.from(values);
    (cleaned as Float64Array)[i] = Number.NaN;
    invalid = {
      row: invalid?.row ?? Math.floor(i / size) + 1,
      text: invalid?.text ?? String(value),
      count: (invalid?.count ?? 0) + 1,
    };
  }
  return { name, type: "number", shape, values: cleaned, ...(invalid && { invalid }) };
}
