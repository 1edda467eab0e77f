import type { TensorInfo } from "@tensorflow/tfjs-core";
import { intsOf, sizeOf, viewOf } from "../heap.ts";
import { sumSegments } from "../segment-sum.ts";
import { defineKernel } from "../types.ts";

interface Inputs {
  readonly x: TensorInfo;
  readonly segmentIds: TensorInfo;
}

/**
 * The gradient of `gather`, so of every embedding. Absent from the stock backend.
 *
 * One pass over the rows: O(rows · width). Written as `oneHot(ids)ᵀ · x` it would be O(segments · rows · width).
 */
export const unsortedSegmentSum = defineKernel<Inputs, { readonly numSegments: number }>(
  "UnsortedSegmentSum",
  () =>
    ({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) => {
      const inner = x.shape.slice(segmentIds.shape.length);
      const output = backend.makeOutput([numSegments, ...inner], x.dtype);
      const sums = viewOf(backend, output).fill(0);
      try {
        sumSegments(viewOf(backend, x), intsOf(backend, segmentIds), sums, numSegments, sizeOf(inner));
      } catch (error) {
        backend.disposeData(output.dataId);
        throw error;
      }
      return output;
    },
);
