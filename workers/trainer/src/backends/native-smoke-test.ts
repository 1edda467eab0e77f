import type { Tf } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";

interface Check {
  readonly what: string;
  readonly expected: readonly number[];
  readonly compute: (tf: Tf) => tfc.Tensor;
}

const image = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Numbers worked out by hand. */
const checks: readonly Check[] = [
  {
    // f(w) = mean((x·w − y)²) at x = [[1, 2], [3, 4]], w = [1, −1], y = [0, 1]; its gradient is xᵀ(x·w − y).
    what: "the gradient of a least-squares loss",
    expected: [-7, -10],
    compute: (tf) =>
      tf.grad((w) =>
        tf.mean(tf.squaredDifference(tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), w as tfc.Tensor2D), [[0], [1]])),
      )(tf.tensor2d([1, -1], [2, 1])),
  },
  {
    // A 2×2 kernel of zeros over a 3×3 image: each weight's gradient is the sum of the four pixels that it meets.
    what: "the gradient of a convolution's kernel",
    expected: [12, 16, 24, 28],
    compute: (tf) =>
      tf.grad((w) => tf.sum(tf.conv2d(tf.tensor4d(image, [1, 3, 3, 1]), w as tfc.Tensor4D, 1, "valid")))(
        tf.zeros([2, 2, 1, 1]),
      ),
  },
  {
    what: "the gradient of a maximum over windows",
    expected: [0, 0, 0, 0, 1, 1, 0, 1, 1],
    compute: (tf) =>
      tf.grad((x) => tf.sum(tf.maxPool(x as tfc.Tensor4D, 2, 1, "valid")))(tf.tensor4d(image, [1, 3, 3, 1])),
  },
  {
    what: "the gradient of looked-up rows",
    expected: [0, 0, 2, 2, 1, 1],
    compute: (tf) => tf.grad((table) => tf.sum(tf.gather(table, tf.tensor1d([1, 1, 2], "int32"))))(tf.zeros([3, 2])),
  },
  {
    what: "a softmax",
    expected: [0.0900306, 0.2447285, 0.665241],
    compute: (tf) => tf.softmax(tf.tensor1d([1, 2, 3])),
  },
];

/** Computes on the current backend what a trained model needs; returns undefined, or a sentence about the first wrong number. */
export async function smokeTest(tf: Tf): Promise<string | undefined> {
  for (const { what, expected, compute } of checks) {
    const result = tf.tidy(() => compute(tf));
    const found = await result.data();
    result.dispose();
    const right = found.length === expected.length && expected.every((value, i) => Math.abs(found[i]! - value) < 1e-4);
    if (!right) return `${what} is [${expected.join(", ")}] and came out as [${found.join(", ")}]`;
  }
  return undefined;
}
