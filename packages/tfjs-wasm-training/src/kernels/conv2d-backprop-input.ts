import type { TensorInfo } from "@tensorflow/tfjs-core";
import { withScratch } from "../heap.ts";
import { convGeometry, type ConvGradAttrs, type Shape4D } from "./conv-attrs.ts";
import { callStock, defineKernel } from "../types.ts";

interface Inputs {
  readonly dy: TensorInfo;
  readonly filter: TensorInfo;
}

interface Attrs extends ConvGradAttrs {
  readonly inputShape: Shape4D;
}

/**
 * Gradient of conv2d with respect to its input. For stride 1 it is the convolution of the padded dY by the filter
 * turned by 180° with its channels exchanged, which XNNPACK does 10 times faster than the stock kernel. Other strides
 * go to the stock kernel.
 */
export const conv2dBackpropInput = defineKernel<Inputs, Attrs>(
  "Conv2DBackpropInput",
  ({ tf, stock, call: callKernel }) =>
    (call) => {
      const { inputs, attrs, backend } = call;
      const { dy, filter } = inputs;
      const geometry = convGeometry(tf, "Conv2DBackpropInput", attrs.inputShape, filter.shape, attrs);
      const { filterHeight, filterWidth, padInfo, strideHeight, strideWidth } = geometry;
      const rows = [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom];
      const columns = [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right];
      const unitStride = strideHeight === 1 && strideWidth === 1;
      // A padding wider than the filter would need a crop of dY instead; the stock kernel knows that rare case.
      if (!unitStride || Math.min(...rows, ...columns) < 0) return callStock("Conv2DBackpropInput", stock, call);
      return withScratch(backend, (keep) => {
        const turned = keep(callKernel("Reverse", { x: filter }, { dims: [0, 1] }, backend));
        const exchanged = keep(callKernel("Transpose", { x: turned }, { perm: [0, 1, 3, 2] }, backend));
        const paddings = [[0, 0], rows, columns, [0, 0]];
        const padded =
          Math.max(...rows, ...columns) > 0
            ? keep(callKernel("PadV2", { x: dy }, { paddings, constantValue: 0 }, backend))
            : dy;
        return callKernel(
          "Conv2D",
          { x: padded, filter: exchanged },
          { strides: 1, dilations: 1, pad: "valid", dataFormat: "NHWC" },
          backend,
        );
      });
    },
);
