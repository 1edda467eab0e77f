import { batchOrder } from "@etude/catalog";
import type { BatchLoss } from "./layers/losses.ts";
import type { Layer } from "./layers/layer.ts";
import type { Instance, Problem } from "./problem.ts";

/** Examples row by row, as float64. */
export interface Rows {
  readonly count: number;
  /** count × inputWidth values. */
  readonly inputs: Float64Array;
  /** count × targetWidth values: a class, tokens, or what is to be predicted. */
  readonly targets: Float64Array;
}

/** Returns a dataset's examples as float64. */
export const rowsOf = (examples: {
  readonly count: number;
  readonly inputs: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}): Rows => ({
  count: examples.count,
  inputs: Float64Array.from(examples.inputs),
  targets: Float64Array.from(examples.targets),
});

/** A layer with the parameter group that its weights belong to. */
export interface GroupedLayer {
  readonly group: string;
  readonly layer: Layer;
}

export interface NetworkProblem {
  readonly train: Rows;
  readonly validation?: Rows | undefined;
  readonly batchSize: number;
  readonly loss: BatchLoss;
  /** Scores a row: 1, or the tokens of a text where each is predicted. */
  readonly scoresPerRow?: number;
  /** Returns the layers with the weights of this seed, for passes of at most `capacity` rows. */
  build(seed: number, capacity: number): readonly GroupedLayer[];
}

type About = Omit<Problem, "start" | "update" | "stepsPerEpoch" | "batchSize">;

/** Returns the problem of training a network by batches in the trainer's shuffled order. */
export function networkProblem(about: About, definition: NetworkProblem): Problem {
  const { train, batchSize } = definition;
  const size = Math.min(batchSize, train.count);
  return {
    ...about,
    update: "joint",
    stepsPerEpoch: Math.ceil(train.count / size),
    batchSize: size === train.count ? null : size,
    start: (seed) => startNetwork(about.groups, definition, size, seed),
  };
}

function startNetwork(groups: readonly string[], definition: NetworkProblem, size: number, seed: number): Instance {
  const { train, validation, loss: batchLoss, scoresPerRow = 1, build } = definition;
  const built = build(seed, size);
  const layers = built.map(({ layer }) => layer);
  const weights = layers.flatMap((layer) => layer.weights);
  const groupOf = built.flatMap(({ group, layer }) => layer.weights.map(() => groups.indexOf(group)));
  const inputWidth = train.inputs.length / train.count;
  const targetWidth = train.targets.length / train.count;
  const inputs = new Float64Array(size * inputWidth);
  const targets = new Float64Array(size * targetWidth);
  const scoreWidth = layers.at(-1)!.width / scoresPerRow;
  const scoreGradient = new Float64Array(size * scoresPerRow * scoreWidth);
  const order = batchOrder(train.count, size, "shuffled", seed);
  let gradientsOf: Float64Array[][] = [];
  let sliced: readonly Float64Array[] | undefined;
  let loaded = -1;
  let rows = 0;

  const copyRow = (from: Rows, row: number, to: number): void => {
    for (let j = 0; j < inputWidth; j++) inputs[to * inputWidth + j] = from.inputs[row * inputWidth + j]!;
    for (let j = 0; j < targetWidth; j++) targets[to * targetWidth + j] = from.targets[row * targetWidth + j]!;
  };
  const load = (step: number): void => {
    // A batch with all rows is the same one at every step.
    const key = size === train.count ? 0 : step;
    if (loaded === key) return;
    const chosen = order.rowsAt(step);
    rows = chosen.length;
    for (let i = 0; i < rows; i++) copyRow(train, chosen[i]!, i);
    loaded = key;
  };
  const forward = (count: number): Float64Array => {
    let x: Float64Array = inputs;
    for (const layer of layers) x = layer.forward(x, count);
    return x;
  };
  const slice = (gradients: readonly Float64Array[]): void => {
    let at = 0;
    gradientsOf = layers.map((layer) => gradients.slice(at, (at += layer.weights.length)));
    sliced = gradients;
  };
  const evaluate = (all: Rows): { readonly loss: number; readonly accuracy?: number } => {
    let [total, hits] = [0, 0];
    for (let from = 0; from < all.count; from += size) {
      const count = Math.min(size, all.count - from);
      for (let i = 0; i < count; i++) copyRow(all, from + i, i);
      const scores = forward(count);
      total += batchLoss.loss(scores, targets, count * scoresPerRow, scoreWidth) * count;
      hits += batchLoss.hits?.(scores, targets, count * scoresPerRow, scoreWidth) ?? 0;
    }
    loaded = -1;
    return {
      loss: total / all.count,
      ...(batchLoss.hits && { accuracy: hits / (all.count * scoresPerRow) }),
    };
  };
  return {
    weights,
    groupOf,
    loss(step, gradients) {
      load(step);
      const scores = forward(rows);
      const total = rows * scoresPerRow;
      if (!gradients) return batchLoss.loss(scores, targets, total, scoreWidth);
      if (sliced !== gradients) slice(gradients);
      const loss = batchLoss.loss(scores, targets, total, scoreWidth, scoreGradient);
      let gradient: Float64Array | undefined = scoreGradient;
      for (let i = layers.length - 1; i >= 0; i--) {
        gradient = layers[i]!.backward(gradient!, rows, gradientsOf[i]!, i === 0);
      }
      return loss;
    },
    trainLoss: () => evaluate(train).loss,
    ...(validation && { validation: () => evaluate(validation) }),
  };
}
