import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackends } from "./backends.ts";
import { count, largestDifference, randomValues } from "./random.ts";

beforeAll(async () => {
  await startBackends();
});

async function onBackend(backend: string, compute: () => tf.Tensor): Promise<Float32Array> {
  await tf.setBackend(backend);
  const product = compute();
  const values = product.dataSync() as Float32Array;
  product.dispose();
  return values;
}

async function expectEqualOnBoth(compute: () => tf.Tensor): Promise<void> {
  const expected = await onBackend("cpu", compute);
  const actual = await onBackend("wasm", compute);
  expect(largestDifference(actual, expected)).toBeLessThan(1e-5);
}

const tensor = (shape: number[], seed: number) => tf.tensor(randomValues(seed, count(shape)), shape);

describe("matMul", () => {
  it.each([
    [
      [1, 5, 7],
      [2, 7, 3],
    ],
    [
      [2, 5, 7],
      [1, 7, 3],
    ],
    [
      [2, 3, 5, 7],
      [1, 1, 7, 9],
    ],
    [
      [5, 7],
      [3, 7, 4],
    ],
    [
      [3, 5, 7],
      [7, 4],
    ],
    [
      [2, 1, 5, 7],
      [1, 3, 7, 4],
    ],
    [
      [2, 3, 5, 7],
      [2, 1, 7, 4],
    ],
  ])("broadcasts the batch of %j by %j as cpu does", async (left, right) => {
    await expectEqualOnBoth(() => tf.matMul(tensor(left, 1), tensor(right, 2)));
  });

  it.each([
    [
      [0, 7],
      [7, 3],
    ],
    [
      [2, 0, 7],
      [2, 7, 3],
    ],
    [
      [2, 5, 7],
      [2, 7, 0],
    ],
  ])("gives an empty product for %j by %j", async (left, right) => {
    await tf.setBackend("wasm");
    const product = tf.matMul(tensor(left, 1), tensor(right, 2));
    expect(product.size).toBe(0);
    product.dispose();
  });

  it("agrees with cpu for every size from 1 to 10 in each dimension, transposed and batched", async () => {
    for (let m = 1; m <= 10; m++) {
      for (let n = 1; n <= 10; n++) {
        const k = ((m * 3 + n) % 10) + 1;
        await expectEqualOnBoth(() => tf.matMul(tensor([2, k, m], 1), tensor([2, n, k], 2), true, true));
      }
    }
  });

  it("gives every element the same bits whatever the size of the product around it", async () => {
    await tf.setBackend("wasm");
    const a = randomValues(1, 40 * 24);
    const b = randomValues(2, 24 * 40);
    const product = (rows: number, columns: number) =>
      tf.tidy(() => {
        const left = tf.slice(tf.tensor2d(a, [40, 24]), [0, 0], [rows, 24]);
        const right = tf.slice(tf.tensor2d(b, [24, 40]), [0, 0], [24, columns]);
        const batched = tf.matMul(tf.stack([left, left]), tf.stack([right, right]));
        return tf.slice(batched, [0, 0, 0], [1, 3, 3]).dataSync();
      });
    const whole = product(40, 40);
    for (const [rows, columns] of [
      [3, 3],
      [4, 8],
      [5, 9],
      [39, 17],
    ] as const) {
      expect(product(rows, columns)).toEqual(whole);
    }
  });

  it("names the shapes when they do not fit", async () => {
    await tf.setBackend("wasm");
    expect(() => tf.matMul(tensor([2, 5, 7], 1), tensor([2, 6, 3], 2))).toThrow(/inner shapes|matMul/);
  });
});
