import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackends } from "./backends.ts";
import { gradientCases, type GradientCase } from "./gradient-cases.ts";
import { count, dot, largestDifference, randomValues } from "./random.ts";

interface Evaluated {
  readonly value: Float32Array;
  readonly gradients: readonly Float32Array[];
}

beforeAll(async () => {
  await startBackends();
});

function inputValues({ shapes, domain }: GradientCase): Float32Array[] {
  return shapes.map((shape, index) => {
    const values = randomValues(index + 1, count(shape));
    return domain ? values.map(domain) : values;
  });
}

/** The operation's value, on the current backend. */
function valueOf({ shapes, op }: GradientCase, values: readonly Float32Array[]): Float32Array {
  return tf.tidy(() => op(...shapes.map((shape, i) => tf.tensor(values[i]!, [...shape]))).dataSync() as Float32Array);
}

/** The value and the gradients of Σ y·w, w random, on the current backend. */
function evaluate(gradientCase: GradientCase): Evaluated {
  return tf.tidy(() => {
    const values = inputValues(gradientCase);
    const inputs = gradientCase.shapes.map((shape, i) => tf.tensor(values[i]!, [...shape]));
    const output = gradientCase.op(...inputs);
    const weights = tf.tensor(randomValues(99, output.size), output.shape);
    const gradients = tf.grads((...xs: tf.Tensor[]) => gradientCase.op(...xs))(inputs, weights);
    return {
      value: output.dataSync() as Float32Array,
      gradients: gradients.map((gradient) => gradient.dataSync() as Float32Array),
    };
  });
}

describe.each(gradientCases.map((each) => [each.name, each] as const))("%s", (_name, gradientCase) => {
  it("equals the cpu backend, in value and gradients", async () => {
    await tf.setBackend("cpu");
    const expected = evaluate(gradientCase);
    await tf.setBackend("wasm");
    const actual = evaluate(gradientCase);
    expect(largestDifference(actual.value, expected.value)).toBeLessThan(1e-5);
    expect(actual.gradients).toHaveLength(gradientCase.shapes.length);
    actual.gradients.forEach((gradient, i) => {
      expect(largestDifference(gradient, expected.gradients[i]!)).toBeLessThan(1e-5);
    });
  });

  it("has the gradient that central differences give", async () => {
    await tf.setBackend("wasm");
    const { value, gradients } = evaluate(gradientCase);
    const weights = randomValues(99, value.length);
    const values = inputValues(gradientCase);
    const step = 1e-2;
    gradients.forEach((gradient, input) => {
      // A direction of length 1, so that the step stays small against any number of inputs.
      const raw = randomValues(7 + input, gradient.length);
      const length = Math.sqrt(dot(raw, raw));
      const direction = raw.map((v) => v / length);
      const moved = (sign: number) =>
        values.map((v, i) => (i === input ? v.map((x, j) => x + sign * step * direction[j]!) : v));
      const rise = dot(valueOf(gradientCase, moved(1)), weights) - dot(valueOf(gradientCase, moved(-1)), weights);
      const slope = rise / (2 * step);
      const scale = Math.max(1, Math.sqrt(dot(gradient, gradient)));
      expect(Math.abs(slope - dot(gradient, direction)) / scale).toBeLessThan(5e-3);
    });
  });

  it("gives the same bits again, and keeps no tensor", async () => {
    await tf.setBackend("wasm");
    const first = evaluate(gradientCase);
    const before = tf.memory().numTensors;
    const again = evaluate(gradientCase);
    expect(tf.memory().numTensors).toBe(before);
    expect(again).toEqual(first);
  });
});
