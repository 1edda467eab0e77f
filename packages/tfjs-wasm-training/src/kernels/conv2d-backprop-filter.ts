import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, floatsOf, sizeOf, withScratch } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { convGeometry, type ConvGradAttrs, type Shape4D } from "./conv-attrs.ts";
import { paddedInput } from "./padded-input.ts";
import { defineKernel } from "../types.ts";

interface Inputs {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}

interface Attrs extends ConvGradAttrs {
  readonly filterShape: Shape4D;
}

/**
 * Gradient of conv2d with respect to its filter. Absent from the stock backend.
 *
 *     dW[i,j,c,k] = Σ_{b,y,x} X[b, y·s+i, x·s+j, c] · dY[b, y, x, k]
 *
 * is a matrix product whose left side overlaps itself in the padded input, so nothing is copied out (no im2col): only
 * the padding, and dY into panels of eight channels.
 */
export const conv2dBackpropFilter = defineKernel<Inputs, Attrs>(
  "Conv2DBackpropFilter",
  ({ tf }) =>
    ({ inputs: { x, dy }, attrs, backend }) => {
      const { filterShape } = attrs;
      const geometry = convGeometry(tf, "Conv2DBackpropFilter", x.shape, filterShape, attrs);
      const { batchSize, inChannels, outHeight, outWidth, outChannels } = geometry;
      const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry;
      const pixels = batchSize * outHeight * outWidth;
      const output = backend.makeOutput(filterShape, "float32");
      withScratch(backend, (keep) => {
        const padded = paddedInput(backend, x, geometry, keep);
        const tile = keep(backend.makeOutput([32], "float32"));
        // Eight channels are a panel as they stand.
        const packs = outChannels !== 8;
        const panels = packs ? keep(backend.makeOutput([Math.ceil(outChannels / 8) * 8 * pixels], "float32")) : dy;
        floatsOf(backend, output).fill(0);
        const at = (tensor: TensorInfo) => addressOf(backend, tensor);
        const side = sideModule(backend);
        if (packs) side.packPanels(at(dy), at(panels), outChannels, pixels, outChannels, 1);
        if (sizeOf(filterShape) === 0 || pixels === 0) return;
        const [, height, width] = padded.shape as Shape4D;
        const sizes = [batchSize, height, width, inChannels, outHeight, outWidth, outChannels];
        const window = [filterHeight, filterWidth, strideHeight, strideWidth];
        side.convFilterGrad(at(padded), at(panels), at(output), ...sizes, ...window, at(tile));
      });
      return output;
    },
);
