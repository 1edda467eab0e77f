import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackends } from "./backends.ts";
import { count, largestDifference, randomValues } from "./random.ts";

beforeAll(async () => {
  await startBackends();
});

type Reduce = (x: tf.Tensor, axis: number | number[] | undefined, keepDims: boolean) => tf.Tensor;

async function onBackend(name: string, shape: number[], reduce: (x: tf.Tensor) => tf.Tensor): Promise<tf.Tensor> {
  await tf.setBackend(name);
  return tf.tidy(() => reduce(tf.tensor(randomValues(5, count(shape)), shape)));
}

const shapes = [[7], [1, 9], [5, 3], [4, 5, 6], [3, 17, 2, 5], [2, 1, 33], [1000, 18], [18, 4500]];

describe.each([
  ["sum", (x, axis, keepDims) => tf.sum(x, axis, keepDims)],
  ["mean", (x, axis, keepDims) => tf.mean(x, axis, keepDims)],
] as [string, Reduce][])("%s", (_name, reduce) => {
  it.each(shapes)("equals cpu over every axis and pair of axes of [%i, …]", async (...shape) => {
    const single = shape.map((_, axis) => axis);
    const pairs = single.flatMap((a) => single.filter((b) => b > a).map((b) => [a, b]));
    for (const axis of [undefined, ...single, -1, ...pairs]) {
      for (const keepDims of [false, true]) {
        const expected = await onBackend("cpu", shape, (x) => reduce(x, axis, keepDims));
        const values = expected.dataSync();
        const actual = await onBackend("wasm", shape, (x) => reduce(x, axis, keepDims));
        expect(actual.shape).toEqual(expected.shape);
        expect(largestDifference(actual.dataSync(), values)).toBeLessThan(2e-6);
        tf.dispose([actual, expected]);
      }
    }
  });

  it("leaves integers and empty tensors to the stock kernel", async () => {
    await tf.setBackend("wasm");
    expect(
      reduce(
        tf.tensor2d(
          [
            [1, 2],
            [3, 5],
          ],
          [2, 2],
          "int32",
        ),
        0,
        false,
      ).arraySync(),
    ).toHaveLength(2);
    expect(reduce(tf.zeros([0, 3]), 1, false).shape).toEqual([0]);
  });
});

it("a long sum loses no more than a few bits", async () => {
  await tf.setBackend("wasm");
  const values = randomValues(1, 300_000).map((v) => Math.abs(v) + 0.1);
  const exact = values.reduce((sum, v) => sum + v, 0);
  expect(Math.abs(tf.sum(tf.tensor1d(values)).dataSync()[0]! / exact - 1)).toBeLessThan(5e-7);
  const column = tf.sum(tf.tensor2d(values, [100_000, 3]), 0).dataSync();
  const third = values.filter((_, i) => i % 3 === 0).reduce((sum, v) => sum + v, 0);
  expect(Math.abs(column[0]! / third - 1)).toBeLessThan(5e-7);
});

describe("by reference", () => {
  it("a clone, a cast to the same type and an idle transpose outlive their source", async () => {
    await tf.setBackend("wasm");
    const source = tf.tensor2d([[1, 2, 3]]);
    const others = [tf.clone(source), tf.cast(source, "float32"), tf.transpose(source), tf.transpose(source, [0, 1])];
    source.dispose();
    expect(others.map((t) => t.shape)).toEqual([
      [1, 3],
      [1, 3],
      [3, 1],
      [1, 3],
    ]);
    for (const other of others) expect(Array.from(other.dataSync())).toEqual([1, 2, 3]);
    tf.dispose(others);
  });

  it("a variable assigned from its own clone keeps its value after the clone goes", async () => {
    await tf.setBackend("wasm");
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const clone = tf.clone(variable);
    variable.assign(clone);
    clone.dispose();
    expect(Array.from(variable.dataSync())).toEqual([1, 2]);
    variable.dispose();
  });
});
