import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, intsOf, sizeOf, viewOf } from "../heap.ts";
import { checkSegments, sumSegments } from "../segment-sum.ts";
import { sideModule } from "../side-module.ts";
import { defineKernel } from "../types.ts";

interface Inputs {
  readonly x: TensorInfo;
  readonly segmentIds: TensorInfo;
}

/**
 * The gradient of `gather`, so of every embedding. Absent from the stock backend.
 *
 * One pass over the rows: O(rows · width). Written as `oneHot(ids)ᵀ · x` it would be O(segments · rows · width).
 *
 * @throws RangeError when a segment id is not below the number of segments. Negative ids drop their rows.
 */
export const unsortedSegmentSum = defineKernel<Inputs, { readonly numSegments: number }>(
  "UnsortedSegmentSum",
  () =>
    ({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) => {
      checkSegments(intsOf(backend, segmentIds), numSegments);
      const inner = x.shape.slice(segmentIds.shape.length);
      const width = sizeOf(inner);
      const output = backend.makeOutput([numSegments, ...inner], x.dtype);
      const sums = viewOf(backend, output).fill(0);
      if (x.dtype === "float32") {
        const [rows, ids, out] = [x, segmentIds, output].map((tensor) => addressOf(backend, tensor));
        sideModule(backend).addRows(rows!, ids!, out!, sizeOf(segmentIds.shape), width);
      } else {
        sumSegments(viewOf(backend, x), intsOf(backend, segmentIds), sums, width);
      }
      return output;
    },
);
