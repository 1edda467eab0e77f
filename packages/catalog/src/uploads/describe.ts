/** What a file of data holds, column by column: shown to users, and enough to refuse a run before it is queued. */
import { z } from "zod";
import { type Column, sizeOf, type Table, uploadFormats } from "./table.ts";

/** Values of a column that are told one by one, and that are counted at all. */
const listedClasses = 50;
const countedValues = 1000;

export const UploadColumn = z
  .object({
    name: z.string(),
    type: z.enum(["number", "text"]),
    shape: z
      .array(z.int())
      .describe("Of one row's value: [] for a single one, [height, width, channels] for an image."),
    missing: z.int().describe("Rows without a value."),
    firstMissing: z.int().nullable().describe("The first of them."),
    distinct: z.int().nullable().describe(`Different values; null above ${countedValues}, and for arrays.`),
    classes: z
      .array(z.object({ value: z.string(), rows: z.int() }))
      .describe(`Each value and its rows, where there are at most ${listedClasses} and they can be classes.`),
    min: z.number().nullable(),
    max: z.number().nullable(),
    minRow: z.int().nullable(),
    maxRow: z.int().nullable(),
    whole: z.boolean().describe("All numbers are whole."),
    invalid: z
      .object({ row: z.int(), text: z.string(), count: z.int() })
      .nullable()
      .describe("The first value that is no finite number in a column of numbers, and how many there are."),
  })
  .meta({ id: "UploadColumn" });
export type UploadColumn = z.output<typeof UploadColumn>;

export const UploadSchema = z
  .object({
    format: z.enum(uploadFormats),
    rows: z.int().describe("A line of names not counted; the first row is row 1."),
    columns: z.array(UploadColumn),
    delimiter: z.string().nullable().describe("Of a CSV."),
    header: z.boolean().nullable().describe("Whether the first line of a CSV holds names."),
  })
  .meta({ id: "UploadSchema" });
export type UploadSchema = z.output<typeof UploadSchema>;

/** Returns the schema of a table. */
export function describeTable({ format, rows, columns, csv }: Table): UploadSchema {
  return {
    format,
    rows,
    columns: columns.map((column) => describeColumn(column, rows)),
    delimiter: csv?.delimiter ?? null,
    header: csv?.header ?? null,
  };
}

function describeColumn(column: Column, rows: number): UploadColumn {
  const { name, type } = column;
  const shape = type === "number" ? [...column.shape] : [];
  const size = sizeOf(shape);
  const counts = shape.length === 0 ? new Map<string, number>() : undefined;
  const found = { missing: 0, firstMissing: null as number | null, min: Infinity, max: -Infinity };
  let whole = type === "number";
  let minRow: number | null = null;
  let maxRow: number | null = null;
  for (let row = 0; row < rows; row++) {
    let gap = false;
    for (let i = row * size; i < (row + 1) * size; i++) {
      const value = column.values[i]!;
      if (value === "" || Number.isNaN(value)) {
        gap = true;
        continue;
      }
      if (counts && counts.size <= countedValues) {
        const text = String(value);
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
      if (typeof value === "string") continue;
      if (value < found.min) {
        found.min = value;
        minRow = row + 1;
      }
      if (value > found.max) {
        found.max = value;
        maxRow = row + 1;
      }
      whole &&= Number.isInteger(value);
    }
    if (!gap) continue;
    found.missing++;
    found.firstMissing ??= row + 1;
  }
  const invalid = type === "number" ? (column.invalid ?? null) : null;
  const distinct = !counts || counts.size > countedValues ? null : counts.size;
  return {
    name,
    type,
    shape,
    missing: found.missing - (shape.length === 0 ? (invalid?.count ?? 0) : 0),
    firstMissing: found.firstMissing,
    distinct,
    classes:
      distinct === null || distinct > listedClasses || (type === "number" && !whole)
        ? []
        : sortedClasses([...counts!.keys()], type).map((value) => ({ value, rows: counts!.get(value)! })),
    min: Number.isFinite(found.min) ? found.min : null,
    max: Number.isFinite(found.max) ? found.max : null,
    minRow,
    maxRow,
    whole,
    invalid,
  };
}

/** Returns the values in the order of their class numbers: numbers by size, texts by code points. */
export function sortedClasses(values: readonly string[], type: Column["type"]): string[] {
  return type === "number"
    ? [...values].sort((a, b) => Number(a) - Number(b))
    : [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
