import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, floatsOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
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
      const output = backend.makeOutput(attrs.filterShape, "float32");
      floatsOf(backend, output).fill(0);
      const addresses = [x, dy, output].map((tensor) => addressOf(backend, tensor));
      sideModule(backend).depthwiseFilterGrad(...addresses, ...geometryOf(tf, x.shape, attrs.filterShape, attrs));
      return output;
    },
);

/** Gradient of depthwise conv2d with respect to its input. Absent from the stock backend. */
export const depthwiseBackpropInput = defineKernel<InputInputs, DepthwiseAttrs & { readonly inputShape: Shape4D }>(
  "DepthwiseConv2dNativeBackpropInput",
  ({ tf }) =>
    ({ inputs: { dy, filter }, attrs, backend }) => {
      const output = backend.makeOutput(attrs.inputShape, "float32");
      floatsOf(backend, output).fill(0);
      const addresses = [filter, dy, output].map((tensor) => addressOf(backend, tensor));
      sideModule(backend).depthwiseInputGrad(...addresses, ...geometryOf(tf, attrs.inputShape, filter.shape, attrs));
      return output;
    },
);

/** The sizes in the order in which both functions of the side module take them. */
function geometryOf(
  tf: KernelContext["tf"],
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: DepthwiseAttrs,
): number[] {
  const shapes = [xShape as Shape4D, filterShape as Shape4D] as const;
  const g = tf.backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, dimRoundingMode, true);
  const sizes = [
    g.batchSize,
    g.inHeight,
    g.inWidth,
    g.inChannels,
    g.outHeight,
    g.outWidth,
    g.outChannels / g.inChannels,
  ];
  const window = [g.filterHeight, g.filterWidth, g.strideHeight, g.strideWidth, g.dilationHeight, g.dilationWidth];
  return [...sizes, ...window, g.padInfo.top, g.padInfo.left];
}
