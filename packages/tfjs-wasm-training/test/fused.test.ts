import * as tf from "@tensorflow/tfjs-core";
import { fused } from "@etude/tfjs-wasm-training";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackends } from "./backends.ts";
import { count, largestDifference, randomValues } from "./random.ts";

beforeAll(async () => {
  await startBackends();
});

const tensor = (shape: number[], seed: number) => tf.tensor(randomValues(seed, count(shape)), shape);

/** Runs `compute` on a backend and returns the values of its tensors; fails when it keeps one. */
async function valuesOn(backend: string, compute: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const values: Float32Array[] = [];
  tf.tidy(() => {
    for (const each of compute()) values.push(each.dataSync() as Float32Array);
  });
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

/** The kernel on wasm against the composed form on cpu, and against itself. */
async function expectComposed(compute: () => tf.Tensor[], tolerance = 1e-6): Promise<void> {
  const composed = await valuesOn("cpu", compute);
  const values = await valuesOn("wasm", compute);
  expect(await valuesOn("wasm", compute)).toEqual(values);
  values.forEach((each, i) => expect(largestDifference(each, composed[i]!)).toBeLessThan(tolerance));
}

const sizes = [[1], [3], [4], [7, 5], [64, 33]];

describe("optimizer steps", () => {
  it.each(sizes)("sgd on [%i, …]", async (...shape) => {
    await expectComposed(() => {
      const [weight, gradient] = [tensor(shape, 1), tensor(shape, 2)];
      const next = fused.sgdStep(tf, { weight, gradient, rate: 0.1, coupledDecay: 0.02 });
      const plain = fused.sgdStep(tf, { weight, gradient, rate: 0.1 });
      return [next, plain, weight, gradient];
    });
  });

  it.each(sizes)("momentum on [%i, …], with and without Nesterov", async (...shape) => {
    await expectComposed(() =>
      [false, true].flatMap((nesterov) => {
        let state = { weight: tensor(shape, 1), velocity: tensor(shape, 3) };
        for (let step = 0; step < 5; step++) {
          const input = { ...state, gradient: tensor(shape, 10 + step), rate: 0.05, momentum: 0.9, coupledDecay: 0.01 };
          state = fused.momentumStep(tf, { ...input, nesterov });
        }
        return [state.weight, state.velocity];
      }),
    );
  });

  const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

  it.each(sizes)("adam and adamw on [%i, …]", async (...shape) => {
    await expectComposed(() =>
      [{ coupledDecay: 0.01 }, { decoupledDecay: 0.01 }].flatMap((decay) => {
        let state = { weight: tensor(shape, 1), firstMoment: tf.zeros(shape), secondMoment: tf.zeros(shape) };
        for (let step = 0; step < 10; step++) {
          const gradient = tensor(shape, 10 + step);
          state = fused.adamStep(tf, { ...state, ...adam, ...decay, gradient, step, rate: 0.01 });
        }
        return [state.weight, state.firstMoment, state.secondMoment];
      }),
    );
  });

  it("adamDirection and sgdStep are adamStep, bit for bit", async () => {
    await tf.setBackend("wasm");
    const [weight, gradient] = [tensor([37], 1), tensor([37], 2)];
    const moments = { firstMoment: tensor([37], 3), secondMoment: tf.square(tensor([37], 4)) };
    const whole = fused.adamStep(tf, { weight, gradient, ...moments, ...adam, step: 7, rate: 0.1 });
    const { direction, ...next } = fused.adamDirection(tf, { gradient, ...moments, ...adam, step: 7 });
    const moved = fused.sgdStep(tf, { weight, gradient: direction, rate: 0.1 });
    expect(moved.dataSync()).toEqual(whole.weight.dataSync());
    expect(next.firstMoment.dataSync()).toEqual(whole.firstMoment.dataSync());
    expect(next.secondMoment.dataSync()).toEqual(whole.secondMoment.dataSync());
  });

  it("a weight that a matrix product has used is multiplied by its new value after the step", async () => {
    await tf.setBackend("wasm");
    const x = tensor([3, 20], 1);
    const weight = tf.variable(tensor([20, 9], 2));
    tf.matMul(x, weight as tf.Tensor).dispose();
    const next = fused.sgdStep(tf, { weight, gradient: tf.onesLike(weight), rate: 0.5 });
    weight.assign(next);
    const expected = tf.matMul(x, tf.tensor2d(weight.dataSync(), [20, 9])).dataSync();
    expect(tf.matMul(x, weight as tf.Tensor).dataSync()).toEqual(expected);
  });

  it("names the tensor that does not fit", () => {
    const weight = tf.ones([2, 3]);
    expect(() => fused.sgdStep(tf, { weight, gradient: tf.ones([3]), rate: 1 })).toThrow(
      "sgdStep: gradient has shape [3], must be [2, 3] as weight",
    );
    expect(() => fused.sgdStep(tf, { weight, gradient: tf.ones([2, 3], "int32"), rate: 1 })).toThrow(
      "sgdStep: gradient is int32, must be float32",
    );
  });
});

describe("softmaxCrossEntropy", () => {
  const valueAndGradient = (logits: () => tf.Tensor, targets: () => tf.Tensor) => () => {
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => fused.softmaxCrossEntropy(tf, x, targets()))(logits());
    return [value, grad];
  };

  it.each([
    [1, 1],
    [5, 4],
    [64, 10],
    [3, 97],
    [2, 3, 5],
  ])("equals the composed form on [%i, %i, …]", async (...shape) => {
    await expectComposed(
      valueAndGradient(
        () => tensor(shape, 1),
        () => tf.softmax(tensor(shape, 2)),
      ),
    );
  });

  it("takes class numbers as well as one-hot rows", async () => {
    const classes = () => tf.tensor1d([2, 0, 1, 2], "int32");
    const logits = () => tensor([4, 3], 1);
    await expectComposed(valueAndGradient(logits, classes));
    const oneHot = () => tf.oneHot(classes(), 3).toFloat();
    const byNumber = await valuesOn("wasm", valueAndGradient(logits, classes));
    expect(byNumber).toEqual(await valuesOn("wasm", valueAndGradient(logits, oneHot)));
  });

  it("stands logits that would overflow, and passes NaN on", async () => {
    const huge = () =>
      tf.tensor2d([
        [1e4, -1e4, 0],
        [-1e30, -1e30, -1e30],
      ]);
    const targets = () =>
      tf.tensor2d([
        [0, 1, 0],
        [0, 0, 1],
      ]);
    const [loss, gradient] = await valuesOn("wasm", valueAndGradient(huge, targets));
    expect(loss![0]).toBeCloseTo((2e4 + Math.log(3)) / 2, 2);
    expect(Array.from(gradient!, (g) => Math.round(g * 600) / 600)).toEqual(
      [300, -300, 0, 100, 100, -200].map((g) => g / 600),
    );
    const nan = () =>
      tf.tensor2d([
        [Number.NaN, 1, 2],
        [0, 0, 0],
      ]);
    expect((await valuesOn("wasm", valueAndGradient(nan, targets)))[0]![0]).toBeNaN();
  });

  it("scales its gradient by what comes after it", async () => {
    await expectComposed(() => [
      tf.grad((x: tf.Tensor) => tf.mul(fused.softmaxCrossEntropy(tf, x, tf.tensor1d([1, 0], "int32")), 3))(
        tensor([2, 3], 1),
      ),
    ]);
  });

  it("names the shapes it allows", () => {
    const bad = () => fused.softmaxCrossEntropy(tf, tf.ones([4, 3]), tf.ones([4, 2]));
    expect(bad).toThrow("targets are float32 [4, 2], must be float32 [4, 3] or int32 [4]");
  });
});

describe("layerNorm", () => {
  it.each([
    [1, 1],
    [6, 9],
    [64, 64],
    [2, 3, 17],
    [3, 4],
  ])("equals the composed form on [%i, %i, …]", async (...shape) => {
    const width = shape.at(-1)!;
    await expectComposed(() => {
      const inputs = [tf.add(tensor(shape, 1), 3), tensor([width], 2), tensor([width], 3)];
      const norm = (x: tf.Tensor, s: tf.Tensor, b: tf.Tensor) =>
        fused.layerNorm(tf, x, s as tf.Tensor1D, b as tf.Tensor1D);
      return [norm(inputs[0]!, inputs[1]!, inputs[2]!), ...tf.grads(norm)(inputs, tensor(shape, 4))];
    }, 4e-6);
  });

  it("names the parameter that does not fit", () => {
    expect(() => fused.layerNorm(tf, tf.ones([2, 3]), tf.ones([2]), tf.ones([3]))).toThrow(
      "layerNorm: scale has shape [2], must be [3]",
    );
  });
});

describe("gelu", () => {
  it.each(sizes)("equals the composed form on [%i, …]", async (...shape) => {
    await expectComposed(() => {
      const x = tf.mul(tensor(shape, 1), 3);
      const gelu = (value: tf.Tensor) => fused.gelu(tf, value);
      return [gelu(x), tf.grad(gelu)(x, tensor(shape, 2))];
    });
  });
});

describe("exp, erf and tanh", () => {
  it("tanh keeps the digits of small values and reaches its limits", async () => {
    await tf.setBackend("wasm");
    const xs = Float32Array.from(
      { length: 4001 },
      (_, i) => Math.sign(i - 2000) * 1.01 ** (Math.abs(i - 2000) / 2 - 800),
    );
    const values = tf.tanh(tf.tensor1d(xs)).dataSync();
    xs.forEach((x, i) =>
      expect(Math.abs(values[i]! - Math.tanh(x))).toBeLessThanOrEqual(3e-7 * Math.abs(Math.tanh(x))),
    );
    expect(tf.tanh(tf.tensor1d([-Infinity, Infinity, Number.NaN, 0])).arraySync()).toEqual([-1, 1, Number.NaN, 0]);
  });

  it("are within two units in the last place, and reach zero, infinity and NaN", async () => {
    await tf.setBackend("wasm");
    const xs = Float32Array.from({ length: 4001 }, (_, i) => -100 + i / 20);
    const powers = tf.exp(tf.tensor1d(xs)).dataSync();
    xs.forEach((x, i) => {
      const exact = Math.exp(x);
      if (exact > 3.4e38) expect(powers[i]).toBe(Infinity);
      else if (exact > 1.2e-38) expect(Math.abs(powers[i]! / exact - 1)).toBeLessThan(2.4e-7);
      else expect(Math.abs(powers[i]! - exact)).toBeLessThan(1.2e-44 + exact * 2.4e-7);
    });
    const edges = tf.exp(tf.tensor1d([-Infinity, Infinity, Number.NaN, 0, -0])).arraySync();
    expect(edges).toEqual([0, Infinity, Number.NaN, 1, 1]);
    expect(tf.erf(tf.tensor1d([-Infinity, Infinity, -6, 6])).arraySync()).toEqual([-1, 1, -1, 1]);
  });
});
