import type { backend_util } from "@tensorflow/tfjs-core";
import type { KernelContext } from "../types.ts";

export type Shape4D = [number, number, number, number];
export type Padding = "valid" | "same" | number | backend_util.ExplicitPadding;
export type RoundingMode = "floor" | "round" | "ceil";

/** What both gradients of conv2d share. */
export interface ConvGradAttrs {
  readonly strides: [number, number] | number;
  readonly pad: Padding;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dimRoundingMode?: RoundingMode;
}

/**
 * The geometry of a 2-D convolution over `[batch, height, width, channels]`.
 *
 * @throws When the data format is not NHWC, the only one that the wasm backend knows.
 */
export function convGeometry(
  tf: KernelContext["tf"],
  kernelName: string,
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvGradAttrs,
): backend_util.Conv2DInfo {
  if (attrs.dataFormat !== "NHWC") {
    throw new Error(`${kernelName}: dataFormat is ${attrs.dataFormat}, the wasm backend supports only NHWC`);
  }
  return tf.backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
    false,
    "channelsLast",
  );
}
