import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, floatsOf, sizeOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { defineKernel } from "../types.ts";
import { checkFloats } from "./check-floats.ts";

/** The last axis, and how many rows of it there are. */
function rowsOf(x: TensorInfo): { rows: number; width: number } {
  const width = x.shape.at(-1) ?? 1;
  return { rows: width === 0 ? 0 : sizeOf(x.shape) / width, width };
}

/** Outputs: the loss of each row, and its gradient by the logits. */
export const softmaxCrossEntropy = defineKernel<{ readonly logits: TensorInfo; readonly targets: TensorInfo }, object>(
  "TrainingSoftmaxCrossEntropy",
  () =>
    ({ inputs: { logits, targets }, backend }) => {
      const { rows, width } = rowsOf(logits);
      checkFloats("TrainingSoftmaxCrossEntropy", rows * width, { logits, targets });
      const outputs = [logits.shape.slice(0, -1), logits.shape].map((shape) => backend.makeOutput(shape, "float32"));
      const addresses = [logits, targets, ...outputs].map((tensor) => addressOf(backend, tensor));
      sideModule(backend).softmaxCrossEntropy(...addresses, rows, width);
      return outputs;
    },
);

interface NormInputs {
  readonly x: TensorInfo;
  readonly scale: TensorInfo;
  readonly shift: TensorInfo;
}

/** Outputs: the normalised tensor, and mean and inverse deviation of each row, `[rows, 2]`. */
export const layerNorm = defineKernel<NormInputs, { readonly epsilon: number }>(
  "TrainingLayerNorm",
  () =>
    ({ inputs: { x, scale, shift }, attrs, backend }) => {
      const { rows, width } = rowsOf(x);
      checkFloats("TrainingLayerNorm", rows * width, { x });
      checkFloats("TrainingLayerNorm", width, { scale, shift });
      const outputs = [x.shape, [rows, 2]].map((shape) => backend.makeOutput(shape, "float32"));
      const addresses = [x, scale, shift, ...outputs].map((tensor) => addressOf(backend, tensor));
      sideModule(backend).layerNorm(...addresses, rows, width, attrs.epsilon);
      return outputs;
    },
);

interface NormGradInputs {
  readonly x: TensorInfo;
  readonly scale: TensorInfo;
  readonly statistics: TensorInfo;
  readonly dy: TensorInfo;
}

/** Outputs: the gradients by x, scale and shift. */
export const layerNormGrad = defineKernel<NormGradInputs, object>(
  "TrainingLayerNormGrad",
  () =>
    ({ inputs: { x, scale, statistics, dy }, backend }) => {
      const { rows, width } = rowsOf(x);
      checkFloats("TrainingLayerNormGrad", rows * width, { x, dy });
      checkFloats("TrainingLayerNormGrad", width, { scale });
      checkFloats("TrainingLayerNormGrad", rows * 2, { statistics });
      const outputs = [x, scale, scale].map(({ shape }) => backend.makeOutput(shape, "float32"));
      for (const summed of outputs.slice(1)) floatsOf(backend, summed).fill(0);
      const addresses = [x, scale, statistics, dy, ...outputs].map((tensor) => addressOf(backend, tensor));
      sideModule(backend).layerNormGrad(...addresses, rows, width);
      return outputs;
    },
);

/** x · Φ(x). */
export const gelu = defineKernel<{ readonly x: TensorInfo }, object>(
  "TrainingGelu",
  () =>
    ({ inputs: { x }, backend }) => {
      const output = backend.makeOutput(x.shape, "float32");
      sideModule(backend).gelu(addressOf(backend, x), addressOf(backend, output), sizeOf(x.shape));
      return output;
    },
);

/** dy · (Φ(x) + x · φ(x)). */
export const geluGrad = defineKernel<{ readonly x: TensorInfo; readonly dy: TensorInfo }, object>(
  "TrainingGeluGrad",
  () =>
    ({ inputs: { x, dy }, backend }) => {
      checkFloats("TrainingGeluGrad", sizeOf(x.shape), { x, dy });
      const output = backend.makeOutput(x.shape, "float32");
      const addresses = [x, dy, output].map((tensor) => addressOf(backend, tensor));
      sideModule(backend).geluGrad(...addresses, sizeOf(x.shape));
      return output;
    },
);
