import type { GradConfig, Tensor, Tensor2D, TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, sizeOf, withScratch } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { defineKernel, type Tfjs } from "../types.ts";
import { scratchSize } from "./batch-mat-mul.ts";
import { checkFloats } from "./check-floats.ts";

interface DenseInputs {
  /** `[rows, k]` */
  readonly x: TensorInfo;
  /** `[k, n]` */
  readonly kernel: TensorInfo;
  /** `[n]` */
  readonly bias: TensorInfo;
}

/** x · kernel + bias, and its positive part with `relu`: one kernel in place of three. */
export const dense = defineKernel<DenseInputs, { readonly relu: boolean }>(
  "TrainingDense",
  () =>
    ({ inputs: { x, kernel, bias }, attrs, backend }) => {
      const [m, k] = x.shape as [number, number];
      const n = kernel.shape[1]!;
      checkFloats("TrainingDense", m * k, { x });
      checkFloats("TrainingDense", k * n, { kernel });
      checkFloats("TrainingDense", n, { bias });
      const output = backend.makeOutput([m, n], "float32");
      withScratch(backend, (keep) => {
        const scratch = keep(backend.makeOutput([scratchSize(m, n, k)], "float32"));
        const [a, b, c, room] = [x, kernel, output, scratch].map((tensor) => addressOf(backend, tensor));
        sideModule(backend).matmul(a!, b!, c!, 1, m, n, k, 0, k, 1, 0, n, 1, room!);
        sideModule(backend).finishDense(c!, addressOf(backend, bias), m, n, attrs.relu ? 1 : 0);
      });
      return output;
    },
);

/** The gradients of {@link dense}, as functions: products that nobody needs, such as that by the data, are not taken. */
export const denseGradient = (tf: Tfjs): GradConfig => ({
  kernelName: "TrainingDense",
  inputsToSave: ["x", "kernel"],
  outputsToSave: [true],
  gradFunc(dy, saved, attrs) {
    const [x, kernel, y] = saved as [Tensor2D, Tensor2D, Tensor2D];
    const error = (attrs["relu"] ? tf.engine().runKernel("TrainingReluGrad", { y, dy: dy as Tensor }) : dy) as Tensor2D;
    return {
      x: () => tf.matMul(error, kernel, false, true),
      kernel: () => tf.matMul(x, error, true, false),
      bias: () => tf.sum(error, 0),
    };
  },
});

/** dy where y > 0, else 0; y is the output of the activation. */
export const reluGrad = defineKernel<{ readonly y: TensorInfo; readonly dy: TensorInfo }, object>(
  "TrainingReluGrad",
  () =>
    ({ inputs: { y, dy }, backend }) => {
      checkFloats("TrainingReluGrad", sizeOf(y.shape), { y, dy });
      const output = backend.makeOutput(y.shape, "float32");
      const addresses = [y, dy, output].map((tensor) => addressOf(backend, tensor));
      sideModule(backend).reluGrad(...addresses, sizeOf(y.shape));
      return output;
    },
);

/** The sum of squares of each of the tensors, `[count]`: what a gradient norm needs, in one call. */
export const sumSquares = defineKernel<readonly TensorInfo[], object>(
  "TrainingSumSquares",
  () =>
    ({ inputs, backend }) => {
      inputs.forEach((x, i) => checkFloats("TrainingSumSquares", sizeOf(x.shape), { [i]: x }));
      const output = backend.makeOutput([inputs.length], "float32");
      const to = addressOf(backend, output);
      const { sumSquares: add } = sideModule(backend);
      inputs.forEach((x, i) => add(addressOf(backend, x), to + 4 * i, sizeOf(x.shape)));
      return output;
    },
);

/** weight − rate · gradient for many weights; inputs: all weights, then all gradients. */
export const descendAll = defineKernel<readonly TensorInfo[], { readonly rates: readonly number[] }>(
  "TrainingDescendAll",
  () =>
    ({ inputs, attrs: { rates }, backend }) => {
      const count = rates.length;
      const outputs = inputs.slice(0, count).map((weight, i) => {
        checkFloats("TrainingDescendAll", sizeOf(weight.shape), { weight, gradient: inputs[count + i]! });
        return backend.makeOutput(weight.shape, "float32");
      });
      const { descend } = sideModule(backend);
      outputs.forEach((next, i) => {
        const [w, g, to] = [inputs[i]!, inputs[count + i]!, next].map((tensor) => addressOf(backend, tensor));
        descend(w!, g!, to!, sizeOf(next.shape), rates[i]!, 0);
      });
      return outputs;
    },
);
