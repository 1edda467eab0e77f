/**
 * Kernels that @etude/tfjs-wasm-training adds to the wasm backend. They are called by name, so that this package stays
 * free of that one; where a kernel is missing, callers fall back on composed operations.
 */
import type * as tfc from "@tensorflow/tfjs-core";
import type { Tf } from "./optimizer.ts";

export type TrainingKernel =
  | "TrainingAdam"
  | "TrainingDense"
  | "TrainingDescendAll"
  | "TrainingReluGrad"
  | "TrainingSoftmaxCrossEntropy"
  | "TrainingLayerNorm"
  | "TrainingLayerNormGrad"
  | "TrainingGelu"
  | "TrainingGeluGrad"
  | "TrainingSumSquares";

/** Runs the kernel on the current backend and returns its outputs; undefined where the backend lacks it. */
export function trainingKernel(
  tf: Tf,
  name: TrainingKernel,
  inputs: Record<string, tfc.Tensor> | readonly tfc.Tensor[],
  attrs: Record<string, number | boolean | number[]>,
): tfc.Tensor[] | undefined {
  // With an unknown name getKernel gives undefined, whatever its declared type.
  const kernel: unknown = tf.getKernel(name, tf.getBackend());
  if (kernel === undefined) return undefined;
  const outputs: unknown = tf.engine().runKernel(name, inputs as tfc.NamedTensorMap, attrs);
  return (Array.isArray(outputs) ? outputs : [outputs]) as tfc.Tensor[];
}

/** Returns weight − rate · direction of each weight as new tensors; one pass on wasm. */
export function descendAll(
  tf: Tf,
  weights: readonly tfc.Tensor[],
  directions: readonly tfc.Tensor[],
  rates: readonly number[],
): tfc.Tensor[] {
  return (
    trainingKernel(tf, "TrainingDescendAll", [...weights, ...directions], { rates: [...rates] }) ??
    weights.map((weight, i) => tf.sub(weight, tf.mul(directions[i]!, rates[i]!)))
  );
}

/** Returns ‖x‖² of each tensor, [count]; one pass on wasm. */
export function sumSquares(tf: Tf, tensors: readonly tfc.Tensor[]): tfc.Tensor {
  return (
    trainingKernel(tf, "TrainingSumSquares", tensors, {})?.[0] ?? tf.stack(tensors.map((x) => tf.sum(tf.square(x))))
  );
}
