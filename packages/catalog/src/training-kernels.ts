/**
 * Kernels that @etude/tfjs-wasm-training adds to the wasm backend. They are called by name, so that this package stays
 * free of that one; where a kernel is missing, callers fall back on composed operations.
 */
import type * as tfc from "@tensorflow/tfjs-core";
import type { Tf } from "./optimizer.ts";

export type TrainingKernel =
  | "TrainingAdam"
  | "TrainingDescend"
  | "TrainingSoftmaxCrossEntropy"
  | "TrainingLayerNorm"
  | "TrainingLayerNormGrad"
  | "TrainingGelu"
  | "TrainingGeluGrad";

/** Runs the kernel on the current backend and returns its outputs; undefined where the backend lacks it. */
export function trainingKernel(
  tf: Tf,
  name: TrainingKernel,
  inputs: Record<string, tfc.Tensor>,
  attrs: Record<string, number>,
): tfc.Tensor[] | undefined {
  // With an unknown name getKernel gives undefined, whatever its declared type.
  const kernel: unknown = tf.getKernel(name, tf.getBackend());
  if (kernel === undefined) return undefined;
  const outputs: unknown = tf.engine().runKernel(name, inputs, attrs);
  return (Array.isArray(outputs) ? outputs : [outputs]) as tfc.Tensor[];
}

/** Returns weight − rate · direction as a new tensor; one pass on wasm. */
export function descend(tf: Tf, weight: tfc.Tensor, direction: tfc.Tensor, rate: number): tfc.Tensor {
  const attrs = { rate, coupledDecay: 0 };
  const fused = trainingKernel(tf, "TrainingDescend", { weight, gradient: direction }, attrs);
  return fused?.[0] ?? tf.sub(weight, tf.mul(direction, rate));
}
