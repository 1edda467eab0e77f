import type { Batch, BatchOrder, Data, Examples, Task, Tf } from "@etude/catalog";

/** A batch on the device with the targets that metrics need on the host. */
export interface FedBatch extends Batch {
  readonly hostTargets: Float32Array;
  dispose(): void;
}

type Described = Pick<Data, "task" | "shape" | "outputs">;

/** Tasks whose targets are classes or tokens. */
const labelled: ReadonlySet<Task> = new Set<Task>(["classification", "text-classification", "next-token"]);

/** Copies the given rows to the device. Class labels become one-hot rows, one for each label. */
export function feedBatch(
  tf: Tf,
  { task, shape, outputs }: Described,
  examples: Examples,
  rows: Uint32Array,
): FedBatch {
  const width = examples.inputs.length / examples.count;
  const targetWidth = examples.targets.length / examples.count;
  const values = new Float32Array(rows.length * width);
  const hostTargets = new Float32Array(rows.length * targetWidth);
  const oneHot = labelled.has(task) ? new Float32Array(hostTargets.length * outputs) : undefined;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    copy(examples.inputs, row * width, values, i * width, width);
    copy(examples.targets, row * targetWidth, hostTargets, i * targetWidth, targetWidth);
    if (oneHot) {
      for (let j = i * targetWidth; j < (i + 1) * targetWidth; j++) oneHot[j * outputs + hostTargets[j]!] = 1;
    }
  }
  const inputs = tf.tensor(values, [rows.length, ...shape], "float32");
  const targets = tf.tensor(
    oneHot ?? hostTargets,
    oneHot ? [hostTargets.length, outputs] : [rows.length, targetWidth],
    "float32",
  );
  const dispose = (): void => {
    inputs.dispose();
    targets.dispose();
  };
  return { inputs, targets, size: rows.length, rows, hostTargets, dispose };
}

/** A plain loop: for the short rows of small data it is several times faster than `set(subarray())`. */
function copy(from: Float32Array, start: number, to: Float32Array, at: number, count: number): void {
  if (count > 256) to.set(from.subarray(start, start + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}

/** Hands out the batch of each update; a batch with all rows stays on the device. */
export interface Feeder {
  at(step: number): FedBatch;
  /** Gives back what `at` returned. */
  release(batch: FedBatch): void;
  dispose(): void;
}

/** Returns the feeder of a run's training examples. */
export function feeder(tf: Tf, data: Data, order: BatchOrder): Feeder {
  let whole: FedBatch | undefined;
  const feed = (step: number): FedBatch => feedBatch(tf, data, data.train, order.rowsAt(step));
  return {
    at: (step) => (order.stepsPerEpoch === 1 ? (whole ??= feed(step)) : feed(step)),
    release(batch) {
      if (batch !== whole) batch.dispose();
    },
    dispose: () => whole?.dispose(),
  };
}
