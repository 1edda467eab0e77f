import type { SeriesBuckets } from "@etude/contracts";
import { bytesFor, chunkPoints, numbersOf } from "./columns.ts";

/** Points in a block: the grain of coarse pictures. */
export const blockPoints = 64;
const perChunk = chunkPoints / blockPoints;

/** Blocks of consecutive points, column by column; `finite` counts the values behind `sum`, `min` and `max`. */
export interface Blocks {
  readonly step: number[];
  readonly last: number[];
  readonly min: number[];
  readonly max: number[];
  readonly sum: number[];
  readonly finite: number[];
  readonly count: number[];
}

export const noBlocks = (): Blocks => ({ step: [], last: [], min: [], max: [], sum: [], finite: [], count: [] });

/** Appends the blocks of points; the last one may be smaller. */
export function addPoints(to: Blocks, steps: ArrayLike<number>, values: ArrayLike<number>): void {
  for (let from = 0; from < values.length; from += blockPoints) {
    const end = Math.min(from + blockPoints, values.length);
    let [min, max, sum, finite] = [Number.NaN, Number.NaN, 0, 0];
    for (let i = from; i < end; i += 1) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) continue;
      if (!(value >= min)) min = value;
      if (!(value <= max)) max = value;
      sum += value;
      finite += 1;
    }
    to.step.push(steps[end - 1] as number);
    to.last.push(values[end - 1] as number);
    to.min.push(min);
    to.max.push(max);
    to.sum.push(sum);
    to.finite.push(finite);
    to.count.push(end - from);
  }
}

/** The `blocks` column of a sealed chunk: last, min, max in the chunk's encoding, sum as float64, finite as bytes. */
export function encodeBlocks(steps: Float64Array, values: Float64Array, enc: number): Buffer {
  const blocks = noBlocks();
  addPoints(blocks, steps, values);
  const columns = [blocks.last, blocks.min, blocks.max].map((column) => bytesFor(column, enc));
  return Buffer.concat([...columns, bytesFor(blocks.sum, 8), Buffer.from(blocks.finite)]);
}

/** A sealed chunk without its points. */
export interface BlockRow {
  readonly step0: number | null;
  readonly stride: number | null;
  readonly enc: number;
  readonly steps: Buffer | null;
  readonly blocks: Buffer;
}

/** Appends the blocks of a sealed chunk. */
export function addBlocks(to: Blocks, { step0, stride, enc, steps, blocks }: BlockRow): void {
  const read = (column: number): Float64Array => numbersOf(blocks.subarray(column * perChunk * enc), enc, 0, perChunk);
  const [last, min, max] = [read(0), read(1), read(2)];
  const rest = blocks.subarray(3 * perChunk * enc);
  const sum = numbersOf(rest, 8, 0, perChunk);
  for (let i = 0; i < perChunk; i += 1) {
    const end = (i + 1) * blockPoints - 1;
    to.step.push(stride === null ? (steps?.readDoubleLE(end * 8) ?? 0) : (step0 ?? 0) + end * stride);
    to.last.push(last[i] as number);
    to.min.push(min[i] as number);
    to.max.push(max[i] as number);
    to.sum.push(sum[i] as number);
    to.finite.push(rest[perChunk * 8 + i] as number);
    to.count.push(blockPoints);
  }
}

/**
 * Folds blocks into at most `width` buckets of equal spans of steps; a block counts where its last step lies.
 */
export function foldBlocks(
  blocks: Blocks,
  firstStep: number,
  width: number,
): Omit<SeriesBuckets, "key" | "index" | "from" | "n"> {
  const n = blocks.step.length;
  const perStep = n === 0 ? 0 : width / ((blocks.step[n - 1] as number) - firstStep + 1);
  const out = noBlocks();
  let bucket = -1;
  for (let i = 0; i < n; i += 1) {
    const at = Math.floor(((blocks.step[i] as number) - firstStep) * perStep);
    if (at !== bucket) {
      bucket = at;
      for (const key of ["step", "last", "min", "max", "sum", "finite", "count"] as const) {
        out[key].push(blocks[key][i] as number);
      }
      continue;
    }
    const row = out.step.length - 1;
    out.step[row] = blocks.step[i] as number;
    out.last[row] = blocks.last[i] as number;
    if (!((blocks.min[i] as number) >= (out.min[row] as number)) && blocks.finite[i])
      out.min[row] = blocks.min[i] as number;
    if (!((blocks.max[i] as number) <= (out.max[row] as number)) && blocks.finite[i])
      out.max[row] = blocks.max[i] as number;
    out.sum[row] = (out.sum[row] as number) + (blocks.sum[i] as number);
    out.finite[row] = (out.finite[row] as number) + (blocks.finite[i] as number);
    out.count[row] = (out.count[row] as number) + (blocks.count[i] as number);
  }
  return {
    step: Float64Array.from(out.step),
    last: Float64Array.from(out.last),
    min: Float64Array.from(out.min),
    max: Float64Array.from(out.max),
    mean: Float64Array.from(out.sum, (sum, i) => sum / (out.finite[i] as number)),
    count: Float64Array.from(out.count),
  };
}
