import * as tf from "@tensorflow/tfjs-core";
import { fused } from "@etude/tfjs-wasm-training";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackends } from "./backends.ts";
import { count, randomValues } from "./random.ts";

beforeAll(async () => {
  await startBackends();
});

/** Shapes of the weights, and the loss as a function of them. */
interface Model {
  readonly shapes: readonly number[][];
  loss(weights: readonly tf.Tensor[]): tf.Tensor;
}

const values = (shape: number[], seed: number, scale = 1) =>
  tf.tidy(() => tf.mul(tf.tensor(randomValues(seed, count(shape)), shape), scale));
const classes = (rows: number, of: number) =>
  tf.tensor1d(
    Int32Array.from({ length: rows }, (_, i) => (i * 7) % of),
    "int32",
  );

const models: Record<string, Model> = {
  perceptron: {
    shapes: [[13, 11], [11], [11, 5]],
    loss([w, b, v]) {
      const hidden = tf.tanh(tf.add(tf.matMul(values([9, 13], 1) as tf.Tensor2D, w as tf.Tensor2D), b!));
      return fused.softmaxCrossEntropy(tf, tf.matMul(hidden as tf.Tensor2D, v as tf.Tensor2D), classes(9, 5));
    },
  },
  "convolutional network": {
    shapes: [[3, 3, 2, 6], [6], [3, 3, 6, 1], [96, 4]],
    loss([k, b, d, w]) {
      const x = values([3, 8, 8, 2], 1) as tf.Tensor4D;
      const first = tf.relu(tf.add(tf.conv2d(x, k as tf.Tensor4D, 1, "same"), b!)) as tf.Tensor4D;
      const second = tf.depthwiseConv2d(first, d as tf.Tensor4D, 1, "same") as tf.Tensor4D;
      const flat = tf.reshape(tf.maxPool(second, 2, 2, "valid"), [3, 96]) as tf.Tensor2D;
      return fused.softmaxCrossEntropy(tf, tf.matMul(flat, w as tf.Tensor2D), classes(3, 4));
    },
  },
  "attention over an embedding": {
    shapes: [[10, 6], [6], [6], [6, 18], [6, 10]],
    loss([table, scale, shift, qkv, out]) {
      const x = tf.gather(table!, classes(14, 10));
      const normal = fused.layerNorm(tf, x, scale as tf.Tensor1D, shift as tf.Tensor1D) as tf.Tensor2D;
      const [q, k, v] = tf
        .split(tf.matMul(normal, qkv as tf.Tensor2D), 3, 1)
        .map((part) => tf.reshape(part, [2, 7, 6])) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const mixed = tf.matMul(tf.softmax(tf.matMul(q, k, false, true)), v);
      const y = tf.add(x, fused.gelu(tf, tf.reshape(mixed, [14, 6]))) as tf.Tensor2D;
      return fused.softmaxCrossEntropy(tf, tf.matMul(y, out as tf.Tensor2D), classes(14, 10));
    },
  },
};

/** The losses of 20 steps of Adam, and the last weights. */
async function train(backend: string, { shapes, loss }: Model): Promise<{ losses: number[]; weights: Float32Array[] }> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const variables = shapes.map((shape, i) => {
    const start = values(shape, 50 + i, 0.4);
    const variable = tf.variable(start);
    start.dispose();
    return { variable, firstMoment: tf.zeros(shape), secondMoment: tf.zeros(shape) };
  });
  const losses: number[] = [];
  const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, rate: 0.02 };
  for (let step = 0; step < 20; step++) {
    const weights = variables.map(({ variable }) => variable);
    const { value, grads } = tf.variableGrads(() => tf.tidy(() => loss(weights) as tf.Scalar), weights);
    losses.push(value.dataSync()[0]!);
    for (const state of variables) {
      const { variable, firstMoment, secondMoment } = state;
      const gradient = grads[variable.name]!;
      const next = fused.adamStep(tf, { ...settings, weight: variable, gradient, firstMoment, secondMoment, step });
      variable.assign(next.weight);
      tf.dispose([next.weight, firstMoment, secondMoment]);
      state.firstMoment = next.firstMoment;
      state.secondMoment = next.secondMoment;
    }
    tf.dispose([value, grads]);
  }
  const weights = variables.map(({ variable }) => variable.dataSync() as Float32Array);
  tf.dispose(variables.flatMap(({ variable, firstMoment, secondMoment }) => [variable, firstMoment, secondMoment]));
  expect(tf.memory().numTensors).toBe(before);
  return { losses, weights };
}

describe.each(Object.entries(models))("training a %s", (_name, model) => {
  it("follows the cpu backend, lowers the loss, and gives the same bits again", async () => {
    const expected = await train("cpu", model);
    const actual = await train("wasm", model);
    actual.losses.forEach((loss, step) => expect(Math.abs(loss / expected.losses[step]! - 1)).toBeLessThan(1e-3));
    expect(actual.losses.at(-1)!).toBeLessThan(actual.losses[0]! / 2);
    expect(await train("wasm", model)).toEqual(actual);
  });
});
