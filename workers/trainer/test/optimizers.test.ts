import { type BoundOptimizer, OptimizerSpec, optimizerOf, optimizers, type Tf } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { chooseBackend } from "../src/backends/choose.ts";

const start = [0.5, -1, 2, 0.25];
const scales = [1, 10, 0.1, 4];
/** The gradient of ½ Σ scale · w². */
const gradientAt = (tf: Tf, w: tfc.Tensor): tfc.Tensor => tf.mul(w, tf.tensor1d(scales));

/** Returns the weight after each of `steps` updates. */
function path(tf: Tf, optimizer: BoundOptimizer, rates: readonly number[]): number[][] {
  let w: tfc.Tensor = tf.tensor1d(start);
  let state = optimizer.start(tf, [{ name: "w", shape: [4], value: w }]);
  return rates.map((rate, step) => {
    const weights = [{ name: "w", value: w }];
    const made = optimizer.direction(tf, { state, weights, gradients: [gradientAt(tf, w)], step, rates: [rate] });
    state = { ...state, ...made.state };
    w = tf.sub(w, tf.mul(made.directions[0]!, rate * (made.scale?.dataSync()[0] ?? 1)));
    return [...w.dataSync()];
  });
}

const bound = (spec: unknown): BoundOptimizer => {
  const parsed = OptimizerSpec.parse(spec);
  return optimizerOf(parsed).bind(parsed);
};
const flat = Array.from({ length: 20 }, () => 0.05);

describe.each(["cpu", "wasm"] as const)("on %s", (backend) => {
  let tf: Tf;
  beforeAll(async () => {
    tf = (await chooseBackend(backend, [])).started.tf;
  });

  test.each(optimizers.map((optimizer) => [optimizer.kind, optimizer.example] as const))(
    "%s applies the rate that it is given",
    (_, example) => {
      const zero = tf.tidy(() => path(tf, bound(example), [0, 0, 0]));
      expect(zero).toEqual([start, start, start].map((values) => [...Float32Array.from(values)]));
      // A large first step, so that methods which begin with a tiny distance move beyond float32's rounding.
      const settings = Object.assign({ startDistance: 0.1 }, example);
      const able = OptimizerSpec.safeParse(settings).success ? settings : example;
      const [once] = tf.tidy(() => path(tf, bound(able), [0.01]));
      const [twice] = tf.tidy(() => path(tf, bound(able), [0.02]));
      start.forEach((w, i) => expect(twice![i]! - w).toBeCloseTo(2 * (once![i]! - w), 5));
      start.forEach((w, i) => expect(once![i]).not.toBe(Math.fround(w)));
    },
  );

  const builtIn: [unknown, (tf: Tf) => tfc.Optimizer][] = [
    [{ kind: "sgd" }, (tf) => tf.train.sgd(0.05)],
    [{ kind: "momentum", momentum: 0.8 }, (tf) => tf.train.momentum(0.05, 0.8)],
    [{ kind: "adam" }, (tf) => tf.train.adam(0.05, 0.9, 0.999, 1e-8)],
    [{ kind: "adagrad" }, (tf) => tf.train.adagrad(0.05, 1e-12)],
  ];
  test.each(builtIn)("%o goes the way of the built-in one", (spec, make) => {
    const ours = tf.tidy(() => path(tf, bound(spec), flat)).at(-1)!;
    const w = tf.variable(tf.tensor1d(start));
    const optimizer = make(tf);
    for (const _ of flat) optimizer.applyGradients({ [w.name]: tf.tidy(() => gradientAt(tf, w)) });
    const theirs = [...w.dataSync()];
    w.dispose();
    optimizer.dispose();
    ours.forEach((value, i) => expect(value).toBeCloseTo(theirs[i]!, 4));
  });

  test("nesterov follows PyTorch's form", () => {
    const ours = tf.tidy(() => path(tf, bound({ kind: "nesterov", momentum: 0.9 }), flat)).at(-1)!;
    const expected = start.map((value, i) => {
      let [w, v] = [value, 0];
      for (const rate of flat) {
        const g = scales[i]! * w;
        v = 0.9 * v + g;
        w -= rate * (g + 0.9 * v);
      }
      return w;
    });
    ours.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  });

  test("rmsprop follows PyTorch's form", () => {
    const ours = tf.tidy(() => path(tf, bound({ kind: "rmsprop" }), flat)).at(-1)!;
    const expected = start.map((value, i) => {
      let [w, v] = [value, 0];
      for (const rate of flat) {
        const g = scales[i]! * w;
        v = 0.99 * v + 0.01 * g * g;
        w -= (rate * g) / (Math.sqrt(v) + 1e-8);
      }
      return w;
    });
    ours.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  });

  test("decoupled decay shrinks a weight by rate · λ whatever its gradient", () => {
    const [with0] = tf.tidy(() => path(tf, bound({ kind: "adamw", weightDecay: 0 }), [0.1]));
    const [with1] = tf.tidy(() => path(tf, bound({ kind: "adamw", weightDecay: 0.5 }), [0.1]));
    start.forEach((w, i) => expect(with0![i]! - with1![i]!).toBeCloseTo(0.1 * 0.5 * w, 5));
  });
});
