/**
 * The binary layout shared by live frames and bulk history: u32 length of a JSON header, the header (UTF-8), zeros up
 * to a multiple of 8, then the columns one after another, little-endian, each padded to 8 bytes. A column of steps is
 * left out when it is `first + i·stride`; values are float32 where that loses nothing, else float64.
 */
import { z } from "zod";
import type { LogPiece, SeriesBuckets, SeriesPoints } from "./columns.ts";

type Width = "f32" | "f64";
const Steps = z.union([z.object({ first: z.number(), stride: z.number() }), z.literal("f64")]);
const Float = z.enum(["f32", "f64"]);
const stretch = { key: z.string(), index: z.int(), from: z.int(), n: z.int() };
const piece = { runId: z.string(), attempt: z.int(), from: z.int(), to: z.int(), cursor: z.string() };
const Header = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("points-appended"),
    ...piece,
    series: z.array(z.object({ ...stretch, steps: Steps, values: Float })),
  }),
  z.object({
    type: z.literal("points-summarised"),
    ...piece,
    series: z.array(z.object({ ...stretch, buckets: z.int() })),
  }),
]);

export type BinaryFrame =
  | ({ readonly type: "points-appended" } & LogPiece)
  | ({ readonly type: "points-summarised" } & Omit<LogPiece, "series"> & { readonly series: readonly SeriesBuckets[] });

const bucketColumns = ["step", "last", "min", "max", "mean", "count"] as const;
const align = (offset: number): number => (offset + 7) & ~7;

/** True when every value survives a round trip through float32; NaN and ±Infinity do. */
export function fitsFloat32(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (Math.fround(value) !== value && value === value) return false;
  }
  return true;
}

/** The constant distance between steps (1 for fewer than two), or undefined when they are irregular. */
export function strideOf(steps: ArrayLike<number>): number | undefined {
  if (steps.length < 2) return 1;
  const first = steps[0] as number;
  const stride = (steps[1] as number) - first;
  for (let i = 2; i < steps.length; i += 1) if (steps[i] !== first + i * stride) return undefined;
  return stride;
}

interface Column {
  readonly data: ArrayLike<number>;
  readonly width: Width;
}

function assemble(header: unknown, columns: readonly Column[]): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = align(4 + text.length);
  const size = columns.reduce((sum, { data, width }) => align(sum + data.length * (width === "f32" ? 4 : 8)), start);
  const bytes = new Uint8Array(new ArrayBuffer(size));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let offset = start;
  for (const { data, width } of columns) {
    const target =
      width === "f32"
        ? new Float32Array(bytes.buffer, offset, data.length)
        : new Float64Array(bytes.buffer, offset, data.length);
    target.set(data);
    offset = align(offset + target.byteLength);
  }
  return bytes;
}

/** Encodes a piece of a run's log. */
export function encodePoints({ series, ...rest }: LogPiece): Uint8Array<ArrayBuffer> {
  const columns: Column[] = [];
  const described = series.map(({ key, index, from, steps, values }) => {
    const stride = strideOf(steps);
    const width: Width = fitsFloat32(values) ? "f32" : "f64";
    if (stride === undefined) columns.push({ data: steps, width: "f64" });
    columns.push({ data: values, width });
    return {
      key,
      index,
      from,
      n: steps.length,
      steps: stride === undefined ? "f64" : { first: steps[0] ?? 0, stride },
      values: width,
    };
  });
  return assemble({ type: "points-appended", ...rest, series: described }, columns);
}

/** Encodes a summary of a piece of a run's log. */
export function encodeBuckets({
  series,
  ...rest
}: Omit<LogPiece, "series"> & { readonly series: readonly SeriesBuckets[] }): Uint8Array<ArrayBuffer> {
  const columns = series.flatMap((one) => bucketColumns.map((name): Column => ({ data: one[name], width: "f64" })));
  const described = series.map(({ key, index, from, n, step }) => ({ key, index, from, n, buckets: step.length }));
  return assemble({ type: "points-summarised", ...rest, series: described }, columns);
}

function ramp(n: number, { first, stride }: { readonly first: number; readonly stride: number }): Float64Array {
  const column = new Float64Array(n);
  for (let i = 0; i < n; i += 1) column[i] = first + i * stride;
  return column;
}

/**
 * Decodes a frame; the columns are float64 copies. Throws a RangeError, SyntaxError or ZodError on bytes that are no
 * frame, and a RangeError on one of more than `maxPoints` points: a stride can stand for any number of them.
 */
export function decodeFrame(bytes: Uint8Array, maxPoints = Infinity): BinaryFrame {
  // Columns are 8-aligned within the frame; a frame inside a larger buffer may not be.
  const whole = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  const length = view.getUint32(0, true);
  const header = Header.parse(JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length))));
  let offset = align(4 + length);
  const read = (n: number, width: Width): Float64Array => {
    const at = whole.byteOffset + offset;
    offset = align(offset + n * (width === "f32" ? 4 : 8));
    return width === "f32"
      ? new Float64Array(new Float32Array(whole.buffer, at, n))
      : new Float64Array(whole.buffer, at, n).slice();
  };
  if (header.type === "points-appended") {
    const points = header.series.reduce((sum, { n }) => sum + n, 0);
    if (points > maxPoints) throw new RangeError(`the frame has ${points} points; at most ${maxPoints} are allowed`);
    const series = header.series.map(({ steps, values, n, ...one }): SeriesPoints => {
      return { ...one, steps: steps === "f64" ? read(n, "f64") : ramp(n, steps), values: read(n, values) };
    });
    return { ...header, series };
  }
  const series = header.series.map(({ buckets, ...one }): SeriesBuckets => {
    const columns = Object.fromEntries(bucketColumns.map((name) => [name, read(buckets, "f64")]));
    return { ...one, ...(columns as Record<(typeof bucketColumns)[number], Float64Array>) };
  });
  return { ...header, series };
}
