import type * as tfc from "@tensorflow/tfjs-core";

/** How tensors come back to the host. */
export type Read = (tensors: readonly tfc.Tensor[]) => Promise<Float32Array[]>;

/**
 * Returns a reader. Where a read is a copy in memory it is made at once: there the promise of `data()` would only cost
 * time, it never lets the event loop run. Elsewhere all transfers are awaited together.
 */
export const reader =
  (readsAtOnce: boolean): Read =>
  async (tensors) =>
    readsAtOnce
      ? tensors.map((tensor) => tensor.dataSync() as Float32Array)
      : Promise.all(tensors.map((tensor) => tensor.data() as Promise<Float32Array>));
