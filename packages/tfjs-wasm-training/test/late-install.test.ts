import * as wasm from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { installWasmTraining } from "@etude/tfjs-wasm-training";

it("works on a backend that has already started and computed", async () => {
  await tf.setBackend("wasm");
  const ids = tf.tensor1d([1, 1], "int32");
  const rows = tf.tensor2d([
    [1, 2],
    [3, 4],
  ]);
  expect(() => tf.unsortedSegmentSum(rows, ids, 2)).toThrow(/UnsortedSegmentSum/);
  const stock = tf.matMul(rows, rows, true, true).arraySync();

  installWasmTraining(tf, wasm);

  expect(tf.unsortedSegmentSum(rows, ids, 2).arraySync()).toEqual([
    [0, 0],
    [4, 6],
  ]);
  expect(tf.matMul(rows, rows, true, true).arraySync()).toEqual(stock);
});
