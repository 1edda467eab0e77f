import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, floatsOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import type { Padding, RoundingMode, Shape4D } from "./conv-attrs.ts";
import { defineKernel } from "../types.ts";

interface Inputs {
  readonly dy: TensorInfo;
  readonly input: TensorInfo;
}

interface Attrs {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: Padding;
  readonly dimRoundingMode?: RoundingMode;
}

/**
 * Gradient of max pooling over `[batch, height, width, channels]`: each window's dy goes to its largest input, to the
 * first of them when several are equal, as on the cpu backend. (The stock wasm kernel lets the zeros of the padding win
 * over negative inputs, and is slower.)
 */
export const maxPoolGrad = defineKernel<Inputs, Attrs>(
  "MaxPoolGrad",
  ({ tf }) =>
    ({ inputs: { dy, input }, attrs, backend }) => {
      const { filterSize, strides, pad, dimRoundingMode } = attrs;
      const pool = tf.backend_util.computePool2DInfo(
        input.shape as Shape4D,
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      const output = backend.makeOutput(input.shape, "float32");
      floatsOf(backend, output).fill(0);
      const [x, gradient, dx] = [input, dy, output].map((tensor) => addressOf(backend, tensor));
      const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = pool;
      const { strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth } = pool;
      const shape = [batchSize, inHeight, inWidth, inChannels, outHeight, outWidth];
      const window = [
        effectiveFilterHeight,
        effectiveFilterWidth,
        strideHeight,
        strideWidth,
        padInfo.top,
        padInfo.left,
      ];
      sideModule(backend).maxPoolGrad(x!, gradient!, dx!, ...shape, ...window);
      return output;
    },
);
