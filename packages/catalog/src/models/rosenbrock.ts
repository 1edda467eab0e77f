import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model } from "../model.ts";
import { randomStream } from "../random.ts";
import { minimised } from "./_objective.ts";

const params = z
  .strictObject({
    kind: z.literal("rosenbrock"),
    steepness: z.number().positive().max(1e6).default(100).describe("b: how steep the sides of the valley are."),
    startNoise: z
      .number()
      .min(0)
      .max(10)
      .default(0.1)
      .describe("Standard deviation of what the run's seed adds to the classic start (−1.2, 1, −1.2, 1, …)."),
  })
  .meta({ id: "RosenbrockModel", title: "Rosenbrock" });

/** Rosenbrock's curved valley in any dimension from 2; the point is the only weight. */
export const rosenbrock: Model<typeof params> = {
  kind: "rosenbrock",
  params,
  doc: {
    title: "Rosenbrock",
    summary:
      "f(w) = Σ b (wⱼ₊₁ − wⱼ²)² + (1 − wⱼ)², a curved valley with its minimum 0 at (1, …, 1). Takes the dataset gradient-noise.",
    source: "H. Rosenbrock: An Automatic Method for Finding the Greatest or Least Value of a Function, 1960",
  },
  example: { kind: "rosenbrock", steepness: 5 },
  tasks: ["minimisation"],
  kernels: [],
  build(tf, { steepness, startNoise }, { data, seed }) {
    const dimension = data.outputs;
    if (dimension < 2) throw new Error(`model.kind rosenbrock needs dataset.dimension of at least 2, not ${dimension}`);
    const random = randomStream(seed, "init/point");
    return minimised(tf, {
      start: Float32Array.from({ length: dimension }, (_, j) => (j % 2 ? 1 : -1.2) + startNoise * random.normal()),
      value(point) {
        const [low, high] = [tf.slice1d(point, 0, dimension - 1), tf.slice1d(point, 1, dimension - 1)];
        const valley = tf.squaredDifference(high, tf.square(low));
        return tf.sum(tf.add(tf.mul(valley, steepness), tf.square(tf.sub(1, low)))) as tfc.Scalar;
      },
    });
  },
};
