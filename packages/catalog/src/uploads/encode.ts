/** From the columns of a table to the numbers that a model sees. */
import type { UploadColumn } from "./describe.ts";
import { sortedClasses } from "./describe.ts";
import { type Column, sizeOf } from "./table.ts";

/** Returns rows × width inputs of these columns side by side; NaN where a number is missing, zeros where a text is. */
export function inputsOf(columns: readonly Column[], rows: readonly number[]): Float32Array {
  const parts = columns.map((column) => (column.type === "number" ? column : oneHot(column.values)));
  const widths = parts.map(({ shape }) => sizeOf(shape));
  const width = widths.reduce((a, b) => a + b, 0);
  const inputs = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    let at = i * width;
    for (const [part, { values }] of parts.entries()) {
      const own = widths[part]!;
      for (let k = 0; k < own; k++) inputs[at++] = values[row * own + k]!;
    }
  });
  return inputs;
}

function oneHot(texts: readonly string[]): { readonly shape: readonly number[]; readonly values: Uint8Array } {
  const classes = sortedClasses(
    [...new Set(texts)].filter((text) => text !== ""),
    "text",
  );
  const width = Math.max(1, classes.length);
  const places = new Map(classes.map((text, i) => [text, i]));
  const values = new Uint8Array(texts.length * width);
  texts.forEach((text, row) => {
    const place = places.get(text);
    if (place !== undefined) values[row * width + place] = 1;
  });
  return { shape: [width], values };
}

/** Returns the class number of each row and how many classes there are: the values in order, or 0 … classes − 1 as given. */
export function labelsOf(
  column: Column,
  rows: readonly number[],
  classes: number | undefined,
): { readonly targets: Float32Array; readonly outputs: number } {
  if (classes !== undefined) {
    return { targets: Float32Array.from(rows, (row) => Number(column.values[row])), outputs: classes };
  }
  const texts = rows.map((row) => String(column.values[row]));
  const ordered = sortedClasses([...new Set(texts)], column.type);
  const places = new Map(ordered.map((text, i) => [text, i]));
  return { targets: Float32Array.from(texts, (text) => places.get(text)!), outputs: ordered.length };
}

/** Returns the rows, from 0 on, in which every one of the columns has a value. */
export function completeRows(columns: readonly Column[], count: number): number[] {
  const complete = (column: Column, row: number): boolean => {
    if (column.type === "text") return column.values[row] !== "";
    const size = sizeOf(column.shape);
    for (let i = row * size; i < (row + 1) * size; i++) if (Number.isNaN(column.values[i]!)) return false;
    return true;
  };
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (columns.every((column) => complete(column, row))) rows.push(row);
  return rows;
}

/** Whether a column holds the brightness of pixels as bytes, which are scaled to 0 … 1. */
export const isBytes = ({ whole, min, max }: UploadColumn): boolean =>
  whole && min !== null && min >= 0 && max !== null && max > 1 && max <= 255;
