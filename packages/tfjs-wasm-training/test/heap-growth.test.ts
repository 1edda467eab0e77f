import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackends } from "./backends.ts";
import { count, largestDifference, randomValues } from "./random.ts";

beforeAll(async () => {
  await startBackends();
});

/** The size of the wasm memory, in bytes. */
const heapBytes = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;

type Op = (x: tf.Tensor) => tf.Tensor;

const rows = Int32Array.from({ length: 6000 }, (_, i) => (i * 7919) % 3000);
const cases: [name: string, shape: number[], op: Op][] = [
  ["gather", [3000, 64], (x) => tf.gather(x, tf.tensor1d(rows, "int32"))],
  ["split", [3000, 64], (x) => tf.concat(tf.split(x, 2, 1), 1)],
  ["max pool", [2, 128, 128, 8], (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")],
  ["conv2d", [2, 64, 64, 8], (x) => tf.conv2d(x as tf.Tensor4D, tf.ones([3, 3, 8, 16]), 1, "same")],
  ["depthwise", [2, 64, 64, 16], (x) => tf.depthwiseConv2d(x as tf.Tensor4D, tf.ones([3, 3, 16, 2]), 1, "same")],
  ["matMul", [2, 400, 64], (x) => tf.matMul(x, tf.ones([2, 400, 64]), false, true)],
];

/**
 * A growing memory detaches every view taken before, and a kernel that wrote to one would write to nothing. So the
 * memory is filled by pieces smaller than what the operation needs: the growth then falls inside it.
 */
describe("when the heap grows in the middle of a kernel", () => {
  it.each(cases)("%s and its gradient keep their bits", async (_name, shape, op) => {
    await tf.setBackend("wasm");
    const values = randomValues(3, count(shape));
    const run = () => {
      const results: Float32Array[] = [];
      // Not as tidy's result, which tfjs would search for tensors, element by element.
      tf.tidy(() => {
        const x = tf.tensor(values, shape);
        results.push(op(x).dataSync() as Float32Array, tf.grad(op)(x).dataSync() as Float32Array);
      });
      return results;
    };
    const expected = run();
    const pieces: tf.Tensor[] = [];
    let grown = false;
    for (let attempt = 0; attempt < 500 && !grown; attempt++) {
      pieces.push(tf.zeros([120_000]));
      const before = heapBytes();
      const again = run();
      grown = heapBytes() > before;
      if (grown) again.forEach((values, i) => expect(largestDifference(values, expected[i]!)).toBe(0));
    }
    tf.dispose(pieces);
    expect(grown).toBe(true);
  });
});
