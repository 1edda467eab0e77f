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

/** Replaces a share of the labels by a class drawn at random. */
function disturbLabels(targets: Float64Array, classes: number, share: number, seed: number): void {
  if (share === 0) return;
  const random = randomStream(seed, "label-noise");
  for (let row = 0; row < targets.length; row++) {
    const [draw, other] = [random.uniform(), Math.floor(random.uniform() * classes)];
    if (draw < share) targets[row] = other;
  }
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
  disturbLabels(targets, classes, labelNoise, seed);
  return { count, inputs, targets };
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
  disturbLabels(targets, classes, labelNoise, seed);
  return { count, inputs, targets };
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
