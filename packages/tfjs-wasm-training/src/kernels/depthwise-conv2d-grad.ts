import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { floatsOf } from "../heap.ts";
import type { Padding, RoundingMode, Shape4D } from "./conv-attrs.ts";
import { defineKernel, type KernelContext } from "../types.ts";

interface DepthwiseAttrs {
  readonly strides: [number, number] | number;
  readonly dilations: [number, number] | number;
  readonly pad: Padding;
  readonly dimRoundingMode?: RoundingMode;
}

interface FilterInputs {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}

interface InputInputs {
  readonly dy: TensorInfo;
  readonly filter: TensorInfo;
}

/** Gradient of depthwise conv2d with respect to its filter. Absent from the stock backend. */
export const depthwiseBackpropFilter = defineKernel<FilterInputs, DepthwiseAttrs & { readonly filterShape: Shape4D }>(
  "DepthwiseConv2dNativeBackpropFilter",
  ({ tf }) =>
    ({ inputs: { x, dy }, attrs, backend }) => {
      const geometry = depthwiseGeometry(tf, x.shape, attrs.filterShape, attrs);
      const output = backend.makeOutput(attrs.filterShape, "float32");
      const xs = floatsOf(backend, x);
      const dys = floatsOf(backend, dy);
      const dw = floatsOf(backend, output).fill(0);
      forEachTap(geometry, (inAt, outAt, tapAt) => {
        const multiplier = geometry.outChannels / geometry.inChannels;
        for (let channel = 0, k = 0; channel < geometry.inChannels; channel++) {
          const value = xs[inAt + channel]!;
          for (let copy = 0; copy < multiplier; copy++, k++) dw[tapAt + k]! += value * dys[outAt + k]!;
        }
      });
      return output;
    },
);

/** Gradient of depthwise conv2d with respect to its input. Absent from the stock backend. */
export const depthwiseBackpropInput = defineKernel<InputInputs, DepthwiseAttrs & { readonly inputShape: Shape4D }>(
  "DepthwiseConv2dNativeBackpropInput",
  ({ tf }) =>
    ({ inputs: { dy, filter }, attrs, backend }) => {
      const geometry = depthwiseGeometry(tf, attrs.inputShape, filter.shape, attrs);
      const output = backend.makeOutput(attrs.inputShape, "float32");
      const dys = floatsOf(backend, dy);
      const weights = floatsOf(backend, filter);
      const dx = floatsOf(backend, output).fill(0);
      forEachTap(geometry, (inAt, outAt, tapAt) => {
        const multiplier = geometry.outChannels / geometry.inChannels;
        for (let channel = 0, k = 0; channel < geometry.inChannels; channel++) {
          let sum = 0;
          for (let copy = 0; copy < multiplier; copy++, k++) sum += weights[tapAt + k]! * dys[outAt + k]!;
          dx[inAt + channel]! += sum;
        }
      });
      return output;
    },
);

function depthwiseGeometry(
  tf: KernelContext["tf"],
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: DepthwiseAttrs,
): backend_util.Conv2DInfo {
  const { strides, dilations, pad, dimRoundingMode } = attrs;
  const shapes = [xShape as Shape4D, filterShape as Shape4D] as const;
  return tf.backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, dimRoundingMode, true);
}

/**
 * Visits every pair of an output pixel and a filter tap that falls inside the input, in one fixed order, with the offsets
 * of the first channel: in the input, in the output, in the filter.
 */
function forEachTap(
  geometry: backend_util.Conv2DInfo,
  visit: (inAt: number, outAt: number, tapAt: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const outAt = ((image * outHeight + row) * outWidth + column) * outChannels;
        for (let i = 0; i < filterHeight; i++) {
          const y = row * strideHeight - padInfo.top + i * dilationHeight;
          if (y < 0 || y >= inHeight) continue;
          for (let j = 0; j < filterWidth; j++) {
            const x = column * strideWidth - padInfo.left + j * dilationWidth;
            if (x < 0 || x >= inWidth) continue;
            visit(((image * inHeight + y) * inWidth + x) * inChannels, outAt, (i * filterWidth + j) * outChannels);
          }
        }
      }
    }
  }
}
