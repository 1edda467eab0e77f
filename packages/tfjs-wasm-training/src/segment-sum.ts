import type { TypedArray } from "@tensorflow/tfjs-core";

/** @throws RangeError when an id is not below `numSegments`; negative ones are allowed, as in TensorFlow. */
export function checkSegments(ids: TypedArray, numSegments: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id >= numSegments) {
      throw new RangeError(`UnsortedSegmentSum: segment id ${id} at position ${i} must be below ${numSegments}`);
    }
  }
}

/**
 * Adds row i of `rows` to row `ids[i]` of `sums` (zeros at the start), in the order of i, so the same input gives the
 * same bits. A negative id drops its row.
 *
 * @param width Elements of one row.
 */
export function sumSegments(rows: TypedArray, ids: TypedArray, sums: TypedArray, width: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id < 0) continue;
    let target = id * width;
    const end = (i + 1) * width;
    for (let source = i * width; source < end; source++, target++) sums[target]! += rows[source]!;
  }
}
