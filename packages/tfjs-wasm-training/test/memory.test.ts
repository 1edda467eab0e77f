import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { startBackends } from "./backends.ts";

interface Allocating {
  makeOutput(shape: number[], dtype: "float32"): tf.TensorInfo;
  disposeData(dataId: object): boolean;
}

it("an exhausted heap is an error that says so, and the backend goes on", async () => {
  await startBackends();
  // The first kernel of the package sets up the guard.
  const before = tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync();
  const backend = tf.backend() as unknown as Allocating;
  const held: tf.TensorInfo[] = [];
  // Never written to, so the pages are reserved and not used.
  const fill = () => {
    for (let i = 0; i < 20; i++) held.push(backend.makeOutput([2 ** 26], "float32"));
  };
  expect(fill).toThrow(/the wasm backend is out of memory: 268435456 bytes more do not fit its heap of \d+ MiB/);
  expect(held.length).toBeGreaterThan(10);
  for (const { dataId } of held) backend.disposeData(dataId);
  expect(tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync()).toEqual(before);
});
