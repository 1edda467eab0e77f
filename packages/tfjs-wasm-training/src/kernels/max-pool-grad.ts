import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { floatsOf } from "../heap.ts";
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
 * over negative inputs, and is 2.5 times slower.)
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
      const dx = floatsOf(backend, output).fill(0);
      routeToMaxima(floatsOf(backend, input), floatsOf(backend, dy), dx, pool);
      return output;
    },
);

function routeToMaxima(x: Float32Array, dy: Float32Array, dx: Float32Array, pool: backend_util.Conv2DInfo): void {
  const { batchSize, inChannels: channels, inHeight, inWidth, outHeight, outWidth } = pool;
  const { strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth, padInfo } = pool;
  let source = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * strideHeight - padInfo.top;
      const yEnd = Math.min(inHeight, top + effectiveFilterHeight);
      for (let column = 0; column < outWidth; column++) {
        const left = column * strideWidth - padInfo.left;
        const xStart = Math.max(0, left);
        const xEnd = Math.min(inWidth, left + effectiveFilterWidth);
        for (let channel = 0; channel < channels; channel++, source++) {
          let best = -Infinity;
          let bestAt = -1;
          for (let y = Math.max(0, top); y < yEnd; y++) {
            let at = ((image * inHeight + y) * inWidth + xStart) * channels + channel;
            for (let column = xStart; column < xEnd; column++, at += channels) {
              const value = x[at]!;
              if (value > best) {
                best = value;
                bestAt = at;
              }
            }
          }
          if (bestAt >= 0) dx[bestAt]! += dy[source]!;
        }
      }
    }
  }
}
