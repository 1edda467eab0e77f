import type { TypedArray } from "@tensorflow/tfjs-core";

/**
 * Adds row i of `rows` to row `ids[i]` of `sums` (zero at the start), in the order of i, so the same input gives the
 * same bits. A negative id drops its row, as in TensorFlow.
 *
 * @param width Elements of one row.
 * @throws When an id is not below `numSegments`.
 */
export function sumSegments(
  rows: TypedArray,
  ids: TypedArray,
  sums: TypedArray,
  numSegments: number,
  width: number,
): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id >= numSegments) {
      throw new RangeError(`UnsortedSegmentSum: segment id ${id} at position ${i} must be below ${numSegments}`);
    }
    if (id < 0) continue;
    let target = id * width;
    const end = (i + 1) * width;
    for (let source = i * width; source < end; source++, target++) sums[target]! += rows[source]!;
  }
}
