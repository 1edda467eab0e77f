import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import { randomStream } from "../random.ts";
import type { Tf } from "../optimizer.ts";
import type { Weight } from "../model.ts";
import { trainingKernel } from "../training-kernels.ts";

export const activation = z
  .enum(["relu", "tanh", "sigmoid"])
  .default("relu")
  .describe("Non-linearity after each hidden layer.");
export type Activation = z.output<typeof activation>;

export const dropout = z.number().min(0).lt(1).default(0).describe("Share of hidden units switched off in training.");

/** Returns the activated tensor. */
export function activate(tf: Tf, kind: Activation, x: tfc.Tensor): tfc.Tensor {
  return kind === "relu" ? tf.relu(x) : kind === "tanh" ? tf.tanh(x) : tf.sigmoid(x);
}

/**
 * Returns x · kernel + bias for [rows, in], with its positive part taken where `relu`; one kernel forward on wasm, and
 * backward those products only that somebody needs.
 */
export function denseLayer(tf: Tf, x: tfc.Tensor2D, kernel: tfc.Tensor, bias: tfc.Tensor, relu: boolean): tfc.Tensor2D {
  const fused = trainingKernel(tf, "TrainingDense", { x, kernel, bias }, { relu });
  if (fused) return fused[0] as tfc.Tensor2D;
  const y = tf.add(tf.matMul(x, kernel as tfc.Tensor2D), bias) as tfc.Tensor2D;
  return relu ? tf.relu(y) : y;
}

/** With gradients and two moments beside them, more would not fit the 4 GB that WebAssembly can address. */
const mostWeights = 100_000_000;

/** Throws when kernels of these shapes hold more weights than can be trained; `field` names what the user chose. */
export function checkModelSize(field: string, shapes: readonly (readonly number[])[]): void {
  const count = shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  if (count > mostWeights) {
    throw new Error(`${field} makes a model of ${count} weights; at most ${mostWeights} can be trained`);
  }
}

/** How a kernel starts: He normal for relu (arXiv:1502.01852), Glorot uniform otherwise, or all zero. */
export type Initialiser = "he" | "glorot" | "zero";

/** Returns a trainable kernel; the numbers depend on the seed and the name only. The last axis counts outputs. */
export function kernel(tf: Tf, seed: number, group: string, shape: readonly number[], init: Initialiser): Weight {
  const size = shape.reduce((a, b) => a * b, 1);
  const outputs = shape.at(-1)!;
  const fanIn = size / outputs;
  const receptive = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const values = new Float32Array(size);
  const random = randomStream(seed, `init/${group}/kernel`);
  if (init === "he") {
    const deviation = Math.sqrt(2 / fanIn);
    for (let i = 0; i < size; i++) values[i] = deviation * random.normal();
  } else if (init === "glorot") {
    const limit = Math.sqrt(6 / (fanIn + outputs * receptive));
    for (let i = 0; i < size; i++) values[i] = limit * (2 * random.uniform() - 1);
  }
  return { name: `${group}/kernel`, group, variable: variable(tf, values, shape) };
}

/** Returns a trainable bias of zeros. */
export function bias(tf: Tf, group: string, size: number): Weight {
  return { name: `${group}/bias`, group, variable: variable(tf, new Float32Array(size), [size]) };
}

/** Returns a trainable tensor that starts with these values. */
export function variable(tf: Tf, values: Float32Array, shape: readonly number[]): tfc.Variable {
  const start = tf.tensor(values, [...shape], "float32");
  const made = tf.variable(start);
  start.dispose();
  return made;
}

/** Returns x with a share `rate` of its values set to 0 and the others scaled by 1 / (1 − rate); keyed by seed, layer and step. */
export function dropped(tf: Tf, x: tfc.Tensor, rate: number, seed: number, layer: string, step: number): tfc.Tensor {
  const random = randomStream(seed, `dropout/${layer}`, step);
  const mask = new Float32Array(x.size);
  const scale = 1 / (1 - rate);
  for (let i = 0; i < mask.length; i++) mask[i] = random.uniform() < rate ? 0 : scale;
  return tf.mul(x, tf.tensor(mask, x.shape, "float32"));
}
