import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, sizeOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { callStock, defineKernel, type TrainingKernel } from "../types.ts";

interface Attrs {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

/**
 * A reduction by vector additions, in place along any run of neighbouring axes. The stock kernels transpose the summed
 * axes to the end first and add one number at a time: the gradient of a bias was slower than its layer's.
 */
function reduction(kernelName: "Sum" | "Mean"): TrainingKernel {
  return defineKernel<{ readonly x: TensorInfo }, Attrs>(kernelName, ({ tf, stock }) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    const axes = tf.util.parseAxisParam(attrs.axis, x.shape).sort((a, b) => a - b);
    const neighbours = axes.length > 0 && axes.every((axis, i) => axis === axes[0]! + i);
    if (!neighbours || x.dtype !== "float32" || sizeOf(x.shape) === 0) return callStock(kernelName, stock, call);

    const [outShape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = attrs.keepDims ? tf.backend_util.expandShapeToKeepDim(outShape, axes) : outShape;
    const outer = sizeOf(x.shape.slice(0, axes[0]));
    const inner = sizeOf(x.shape.slice(axes.at(-1)! + 1));
    const count = sizeOf(x.shape) / (outer * inner);
    const output = backend.makeOutput(shape, "float32");
    const divisor = kernelName === "Mean" ? count : 1;
    sideModule(backend).reduceSum(addressOf(backend, x), addressOf(backend, output), outer, count, inner, divisor);
    return output;
  });
}

export const sum = reduction("Sum");
export const mean = reduction("Mean");
