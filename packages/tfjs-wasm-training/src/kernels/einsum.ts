import type { TensorInfo } from "@tensorflow/tfjs-core";
import { withScratch } from "../heap.ts";
import { defineKernel } from "../types.ts";

/**
 * `einsum`, absent from the stock backend: operands are transposed and reshaped to a common rank, multiplied, and
 * summed one dimension at a time, on the path that tfjs plans. TensorFlow.js has no gradient of it on any backend.
 */
export const einsum = defineKernel<Readonly<Record<string, TensorInfo>>, { readonly equation: string }>(
  "Einsum",
  ({ tf, call }) =>
    ({ inputs, attrs: { equation }, backend }) => {
      const operands = Object.values(inputs);
      const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, operands.length);
      // Only shapes are read; the declared parameter is whole Tensors.
      const shaped = operands as unknown as Parameters<typeof tf.backend_util.checkEinsumDimSizes>[2];
      tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, shaped);
      const { path, steps } = tf.backend_util.getEinsumComputePath(summedDims, idDims);
      return withScratch(backend, (keep) => {
        let rank = allDims.length;
        let product: TensorInfo | undefined;
        for (let step = 0; step < steps.length; step++) {
          for (const operand of steps[step]!) {
            const layout = tf.backend_util.getEinsumPermutation(rank, idDims[operand]!);
            const { permutationIndices: perm, expandDims } = layout;
            const x = keep(call("Transpose", { x: operands[operand]! }, { perm }, backend));
            const shape = [...x.shape];
            for (const dimension of expandDims) shape.splice(dimension, 0, 1);
            const aligned = keep(call("Reshape", { x }, { shape }, backend));
            product = product ? keep(call("Multiply", { a: aligned, b: product }, {}, backend)) : aligned;
          }
          if (step === steps.length - 1 || product === undefined) continue;
          if (path[step]! >= 0) {
            const axis = path[step]! - (allDims.length - rank);
            product = keep(call("Sum", { x: product }, { axis, keepDims: false }, backend));
          }
          rank--;
        }
        // Everything kept is freed; a second reference to the result survives.
        return call("Identity", { x: product! }, {}, backend);
      });
    },
);
