import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { HeapView, WasmBackend } from "./types.ts";

/**
 * A view on a tensor's bytes in the wasm heap.
 *
 * Take views only after the last `makeOutput` of the kernel: an allocation may grow the memory, which detaches every
 * view taken before. And never write to an input: XNNPACK caches packed weights by tensor id, so a weight changed in
 * place would go on being multiplied by its old values.
 */
export function viewOf(backend: WasmBackend, tensor: TensorInfo): HeapView {
  return backend.typedArrayFromHeap(tensor);
}

/** As {@link viewOf}, for a tensor known to be float32. */
export function floatsOf(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** As {@link viewOf}, for a tensor known to be int32. */
export function intsOf(backend: WasmBackend, tensor: TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(tensor) as Int32Array;
}

/** The byte address of a tensor in the wasm heap. It stays the same when the memory grows. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

/** The number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/**
 * Runs `use`, then frees every tensor given to `keep`, also when it throws.
 * The result of `use` must not be one of them.
 */
export function withScratch<Result>(
  backend: WasmBackend,
  use: (keep: (tensor: TensorInfo) => TensorInfo) => Result,
): Result {
  const scratch: TensorInfo[] = [];
  try {
    return use((tensor) => {
      scratch.push(tensor);
      return tensor;
    });
  } finally {
    for (const tensor of scratch) backend.disposeData(tensor.dataId);
  }
}
