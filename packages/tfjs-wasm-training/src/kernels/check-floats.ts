import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../heap.ts";

/**
 * Checks what the side module cannot: it reads `size` floats at each address, whatever lies there.
 *
 * @throws With the names of the kernel and of the tensor that does not fit.
 */
export function checkFloats(kernelName: string, size: number, tensors: Readonly<Record<string, TensorInfo>>): void {
  for (const [name, { dtype, shape }] of Object.entries(tensors)) {
    if (dtype !== "float32" || sizeOf(shape) !== size) {
      throw new Error(`${kernelName}: ${name} is ${dtype} [${shape.join(", ")}], must be float32 of ${size} elements`);
    }
  }
}
