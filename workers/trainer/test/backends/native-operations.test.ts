// Operations and gradients of native TensorFlow against the cpu backend. Runs where the library is installed.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type GradientCase, gradientCases } from "../../../../packages/tfjs-wasm-training/test/gradient-cases.ts";
import { count, largestDifference, randomValues } from "../../../../packages/tfjs-wasm-training/test/random.ts";
import { cpu } from "../../src/backends/cpu.ts";
import { loadNative } from "../../src/backends/native-library.ts";
import { smokeTest } from "../../src/backends/native-smoke-test.ts";
import { hasNative, onNative, rowsOnNative } from "../kit/native.ts";

/** Relative to the largest value, and absolute below 1: single precision, summed in another order. */
const tolerance = 1e-5;

/** TensorFlow.js for Node has no kernel for paddings given as numbers, and says so. */
const numericPadding = /^conv2d pad/;

/** Value and gradients of Σ y·w, w random, on the current backend. */
function evaluate({ shapes, op, domain }: GradientCase): Float32Array[] {
  return tf.tidy(() => {
    const inputs = shapes.map((shape, i) => {
      const values = randomValues(i + 1, count(shape));
      return tf.tensor(domain ? values.map(domain) : values, [...shape]);
    });
    const output = op(...inputs);
    const weights = tf.tensor(randomValues(99, output.size), output.shape);
    const gradients = tf.grads((...xs: tf.Tensor[]) => op(...xs))(inputs, weights);
    return [output, ...gradients].map((each) => each.dataSync().slice() as Float32Array);
  });
}

describe.runIf(hasNative)(onNative("on native TensorFlow"), () => {
  beforeAll(async () => {
    await cpu.start();
    loadNative();
  });

  test("the smoke test of the probe passes", async () => {
    await tf.setBackend("tensorflow");
    expect(await smokeTest(tf)).toBeUndefined();
  });

  const [refused, supported] = [true, false].map((numeric) =>
    rowsOnNative(gradientCases.filter(({ name }) => numericPadding.test(name) === numeric)),
  ) as [readonly GradientCase[], readonly GradientCase[]];

  test.each(refused.map((each) => [each.name, each] as const))("%s is refused", async (_, gradientCase) => {
    await tf.setBackend("tensorflow");
    expect(() => evaluate(gradientCase)).toThrow("supports only 'valid' and 'same' padding");
  });

  test.each(supported.map((each) => [each.name, each] as const))(
    "%s equals the cpu backend",
    async (_, gradientCase) => {
      await tf.setBackend("cpu");
      const expected = evaluate(gradientCase);
      await tf.setBackend("tensorflow");
      const actual = evaluate(gradientCase);
      const before = tf.memory().numTensors;
      const again = evaluate(gradientCase);
      expect(tf.memory().numTensors).toBe(before);
      expect(again).toEqual(actual);
      expect(actual.length).toBe(expected.length);
      actual.forEach((values, i) => expect(largestDifference(values, expected[i]!)).toBeLessThan(tolerance));
    },
  );
});
