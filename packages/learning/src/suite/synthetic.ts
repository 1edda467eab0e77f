/** Generated data; each is a function of its arguments alone. */
import { randomStream } from "@etude/catalog";
import type { Matrix } from "../engine/factorisation.ts";
import type { Rows } from "../engine/network.ts";
import { normals, uniforms } from "../engine/random-arrays.ts";

/** Returns y = ⟨w, x⟩ + noise with normal inputs, whose covariance has this condition number, and w of length about 1. */
export function linearTable(shape: {
  readonly rows: number;
  readonly inputs: number;
  readonly condition: number;
  readonly noise: number;
  readonly seed: number;
}): Rows {
  const { rows: count, inputs: width, condition, noise, seed } = shape;
  const inputs = normals(count * width, 1, seed, "linear/inputs");
  const truth = normals(width, 1 / Math.sqrt(width), seed, "linear/truth");
  const targets = normals(count, noise, seed, "linear/noise");
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      inputs[at] = inputs[at]! * Math.sqrt(condition ** (j / Math.max(1, width - 1) - 1));
      targets[row] = targets[row]! + truth[j]! * inputs[at];
    }
  }
  return { count, inputs, targets };
}

/** Returns the labels with a share of them drawn anew, uniformly over all classes. */
export function noisyLabels(labels: Float64Array, classes: number, share: number, seed: number): Float64Array {
  if (share === 0) return labels;
  const random = randomStream(seed, "label-noise");
  return labels.map((label) => {
    const [draw, other] = [random.uniform(), Math.floor(random.uniform() * classes)];
    return draw < share ? other : label;
  });
}

/** Returns normal clouds of deviation 1 around random centres of length about `separation` · √inputs. */
export function blobs(shape: {
  readonly rows: number;
  readonly inputs: number;
  readonly classes: number;
  readonly separation: number;
  readonly labelNoise: number;
  readonly seed: number;
}): Rows {
  const { rows: count, inputs: width, classes, separation, labelNoise, seed } = shape;
  const centres = normals(classes * width, separation, seed, "blobs/centres");
  const inputs = normals(count * width, 1, seed, "blobs/inputs");
  const targets = Float64Array.from({ length: count }, (_, row) => row % classes);
  for (let row = 0; row < count; row++) {
    const centre = targets[row]! * width;
    for (let j = 0; j < width; j++) inputs[row * width + j] = inputs[row * width + j]! + centres[centre + j]!;
  }
  return { count, inputs, targets: noisyLabels(targets, classes, labelNoise, seed) };
}

/** Returns normal inputs labelled by the strongest output of a random network with one tanh layer of 16 units. */
export function teacherTable(shape: {
  readonly rows: number;
  readonly inputs: number;
  readonly classes: number;
  readonly labelNoise: number;
  readonly seed: number;
}): Rows {
  const { rows: count, inputs: width, classes, labelNoise, seed } = shape;
  const units = 16;
  const inputs = normals(count * width, 1, seed, "teacher/inputs");
  const first = normals(width * units, 1.5 / Math.sqrt(width), seed, "teacher/first");
  const second = normals(units * classes, 1, seed, "teacher/second");
  const targets = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const scores = new Float64Array(classes);
    for (let unit = 0; unit < units; unit++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += inputs[row * width + j]! * first[j * units + unit]!;
      const active = Math.tanh(sum);
      for (let k = 0; k < classes; k++) scores[k] = scores[k]! + active * second[unit * classes + k]!;
    }
    targets[row] = scores.indexOf(Math.max(...scores));
  }
  return { count, inputs, targets: noisyLabels(targets, classes, labelNoise, seed) };
}

/** Returns W₀H₀ + noise with factors uniform in 0 … 1 and entries kept ≥ 0. */
export function lowRankMatrix(shape: {
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
  readonly noise: number;
  readonly seed: number;
}): Matrix {
  const { rows, columns, rank, noise, seed } = shape;
  const left = uniforms(rows * rank, 0, 1, seed, "low-rank/left");
  const right = uniforms(columns * rank, 0, 1, seed, "low-rank/right");
  const values = normals(rows * columns, noise, seed, "low-rank/noise");
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      let sum = values[j * rows + i]!;
      for (let k = 0; k < rank; k++) sum += left[i * rank + k]! * right[j * rank + k]!;
      values[j * rows + i] = Math.max(0, sum);
    }
  }
  return { rows, columns, values };
}

/** Values of each attribute in the a9a census table: 123 binary features, one of each attribute's set in a row. */
const attributeSizes = [5, 8, 5, 16, 5, 7, 14, 6, 5, 2, 2, 2, 5, 41];

/**
 * Returns rows of one-hot attributes, whose values are the rarer the later (as 1 / place), labelled 1 with the probability
 * that a random logistic model gives. About a quarter of the labels is 1.
 */
export function sparseTable({ rows: count, seed }: { readonly rows: number; readonly seed: number }): Rows {
  const width = attributeSizes.reduce((sum, size) => sum + size, 0);
  const truth = normals(width, 0.8, seed, "sparse/truth");
  const random = randomStream(seed, "sparse/rows");
  const inputs = new Float64Array(count * width);
  const targets = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let at = row * width;
    let score = -1.5;
    for (const size of attributeSizes) {
      let total = 0;
      for (let place = 1; place <= size; place++) total += 1 / place;
      let draw = random.uniform() * total;
      let place = 0;
      while (place + 1 < size && (draw -= 1 / (place + 1)) > 0) place++;
      inputs[at + place] = 1;
      score += truth[(at % width) + place]!;
      at += size;
    }
    targets[row] = random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  }
  return { count, inputs, targets };
}

/** Returns the rows from `from` to before `to`. */
export function rowsBetween(all: Rows, from: number, to: number): Rows {
  const [width, targetWidth] = [all.inputs.length / all.count, all.targets.length / all.count];
  return {
    count: to - from,
    inputs: all.inputs.slice(from * width, to * width),
    targets: all.targets.slice(from * targetWidth, to * targetWidth),
  };
}
