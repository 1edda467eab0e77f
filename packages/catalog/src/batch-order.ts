/** Which rows each update of a run sees: the same in the trainer and in the array engine. */
import { permutation, randomStream } from "./random.ts";

/** Which rows update `step` sees. A function of the step alone, so a resumed run sees the same ones. */
export interface BatchOrder {
  /** Updates in one pass over the rows. */
  readonly stepsPerEpoch: number;
  rowsAt(step: number): Uint32Array;
}

/**
 * shuffled: every epoch visits each row once in a new seeded order; its last batch may be smaller.
 * sequential: batch k holds the rows (k·size + i) mod count. A size above the count means all rows.
 */
export function batchOrder(count: number, size: number, order: "shuffled" | "sequential", seed: number): BatchOrder {
  const width = Math.min(size, count);
  const stepsPerEpoch = Math.ceil(count / width);
  // Of a batch with all rows the order means nothing, and an unchanged one stays on the device.
  if (order === "sequential" || width === count) {
    const rowsAt = (step: number): Uint32Array => {
      const first = (step * width) % count;
      return Uint32Array.from({ length: width }, (_, i) => (first + i) % count);
    };
    return { stepsPerEpoch, rowsAt };
  }
  let shuffledEpoch = -1;
  let shuffled = new Uint32Array(0);
  const rowsAt = (step: number): Uint32Array => {
    const epoch = Math.floor(step / stepsPerEpoch);
    if (epoch !== shuffledEpoch) {
      shuffled = permutation(count, randomStream(seed, "order", epoch)) as Uint32Array<ArrayBuffer>;
      shuffledEpoch = epoch;
    }
    const at = (step % stepsPerEpoch) * width;
    return shuffled.subarray(at, at + width);
  };
  return { stepsPerEpoch, rowsAt };
}
