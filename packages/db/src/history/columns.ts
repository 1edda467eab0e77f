import { fitsFloat32, strideOf } from "@etude/contracts";

/** Points in a sealed chunk. */
export const chunkPoints = 1024;

/** Points as they lie in the database: little-endian columns. */
export interface StoredColumns {
  /** The first step; null without points. */
  readonly step0: number | null;
  /** The distance of steps, or null: see `steps`. */
  readonly stride: number | null;
  /** Bytes of a value: 4 where float32 loses nothing, else 8. */
  readonly enc: number;
  readonly steps: Buffer | null;
  readonly vals: Buffer;
}

const bytesOf = (data: Float32Array | Float64Array): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** A copy of `bytes` as numbers of `enc` bytes, widened to float64. */
export function numbersOf(bytes: Uint8Array, enc: number, from = 0, to = bytes.byteLength / enc): Float64Array {
  // Not bytes.slice: that of a Buffer is a view, and may lie at any offset.
  const copy = Uint8Array.prototype.slice.call(bytes, from * enc, to * enc);
  return enc === 4
    ? new Float64Array(new Float32Array(copy.buffer, copy.byteOffset, to - from))
    : new Float64Array(copy.buffer, copy.byteOffset, to - from);
}

/** Float64 or, where `enc` is 4, float32 bytes of a column. */
export const bytesFor = (values: ArrayLike<number>, enc: number): Buffer =>
  bytesOf(enc === 4 ? new Float32Array(values) : new Float64Array(values));

export function encodeColumns(steps: Float64Array, values: Float64Array): StoredColumns {
  const stride = strideOf(steps) ?? null;
  const enc = fitsFloat32(values) ? 4 : 8;
  return {
    step0: steps[0] ?? null,
    stride,
    enc,
    steps: stride === null ? bytesFor(steps, 8) : null,
    vals: bytesFor(values, enc),
  };
}

/** Points `from` … `to − 1` of stored columns. */
export function decodeColumns(
  { step0, stride, enc, steps, vals }: StoredColumns,
  from = 0,
  to = vals.byteLength / enc,
): { steps: Float64Array; values: Float64Array } {
  const values = numbersOf(vals, enc, from, to);
  if (stride === null) return { steps: numbersOf(steps ?? Buffer.alloc(0), 8, from, to), values };
  const regular = new Float64Array(values.length);
  for (let i = 0; i < regular.length; i += 1) regular[i] = (step0 ?? 0) + (from + i) * stride;
  return { steps: regular, values };
}

/** The parts one after another. */
export function joinColumns(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
