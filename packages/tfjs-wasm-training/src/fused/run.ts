import type { NamedTensorMap, Tensor } from "@tensorflow/tfjs-core";
import type { Tfjs } from "../types.ts";

/** Whether the backend in use has the kernel; elsewhere the composed form takes over. */
export function hasKernel(tf: Tfjs, kernelName: string): boolean {
  // With an unknown name getKernel gives undefined, whatever its declared type.
  return (tf.getKernel(kernelName, tf.getBackend()) as object | undefined) !== undefined;
}

/** Runs a kernel of this package with several outputs, tracked by the engine like every other. */
export function runKernel(tf: Tfjs, kernelName: string, inputs: NamedTensorMap, attrs: object): Tensor[] {
  const results: unknown = tf
    .engine()
    .runKernel(kernelName, inputs, attrs as Parameters<ReturnType<Tfjs["engine"]>["runKernel"]>[2] & {});
  return (Array.isArray(results) ? results : [results]) as Tensor[];
}

/**
 * Checks that all tensors are float32 and of one shape, which the kernels take for granted.
 *
 * @throws With the name of the operation and of the tensor that does not fit.
 */
export function checkAlike(operation: string, tensors: Readonly<Record<string, Tensor>>): void {
  const [[firstName, first] = ["", undefined], ...others] = Object.entries(tensors);
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor.dtype !== "float32") throw new Error(`${operation}: ${name} is ${tensor.dtype}, must be float32`);
  }
  for (const [name, tensor] of others) {
    const alike = tensor.shape.length === first!.shape.length && tensor.shape.every((d, i) => d === first!.shape[i]);
    if (!alike) {
      const shapes = `[${tensor.shape.join(", ")}], must be [${first!.shape.join(", ")}]`;
      throw new Error(`${operation}: ${name} has shape ${shapes} as ${firstName}`);
    }
  }
}
