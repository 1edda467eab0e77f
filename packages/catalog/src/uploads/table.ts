/** A file of data as columns, whatever format it came in. Rows count from 1, a line of names not counted. */

export const uploadFormats = ["csv", "npy", "npz", "parquet"] as const;
export type UploadFormat = (typeof uploadFormats)[number];

/** The first value of a column that is no finite number, though most of the others are, and how many there are. */
export interface Invalid {
  readonly row: number;
  readonly text: string;
  readonly count: number;
}

export interface NumberColumn {
  readonly name: string;
  readonly type: "number";
  /** Of one row's value: [] for a single number, [height, width, channels] for an image. */
  readonly shape: readonly number[];
  /** Rows × the product of `shape`; NaN where a value is missing or invalid. */
  readonly values: ArrayLike<number>;
  readonly invalid?: Invalid;
}

export interface TextColumn {
  readonly name: string;
  readonly type: "text";
  /** "" where a value is missing. */
  readonly values: readonly string[];
}

export type Column = NumberColumn | TextColumn;

export interface Table {
  readonly format: UploadFormat;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** How a CSV was read. */
  readonly csv?: { readonly delimiter: string; readonly header: boolean };
}

/** A file cannot be read as data; the message says where and why. */
export class UploadError extends Error {
  override readonly name = "UploadError";
}

/** More values would not fit the memory of one process beside their copies. */
const mostValues = 300_000_000;

/** Throws UploadError before a table of that size is made. */
export function checkTableSize(rows: number, width: number): void {
  if (rows * width <= mostValues) return;
  throw new UploadError(
    `${rows} rows of ${width} values are ${rows * width} values; at most ${mostValues} can be held in memory: upload a part of the rows, or fewer columns`,
  );
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
