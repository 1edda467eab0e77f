import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model } from "../model.ts";
import { randomStream } from "../random.ts";
import { minimised } from "./_objective.ts";

const step = z.int().min(0).max(10_000_000);
const factor = z.number().min(0).max(1e6);

const params = z
  .strictObject({
    kind: z.literal("quadratic"),
    condition: z
      .number()
      .min(1)
      .max(1e9)
      .default(100)
      .describe("κ: the curvatures lie evenly on a log scale from largest / κ to largest."),
    largest: z
      .number()
      .positive()
      .max(1e6)
      .default(1)
      .describe("Largest curvature; plain descent is stable below 2 / largest."),
    startDistance: z
      .number()
      .positive()
      .max(1e6)
      .default(1)
      .describe("Standard deviation of each coordinate at the start; the minimum is at 0."),
    jumps: z
      .array(z.strictObject({ step, factor: factor.gt(0) }))
      .max(100)
      .default([])
      .describe("From `step` on all curvatures are `factor` times as large as before it."),
    bursts: z
      .array(z.strictObject({ from: step, to: step, factor }))
      .max(100)
      .default([])
      .describe("At the steps from `from` to before `to` the dataset's noise is multiplied by `factor`."),
  })
  .meta({ id: "QuadraticModel", title: "Quadratic" });

/** ½ Σ λⱼ wⱼ² with curvature jumps and bursts of noise; the point is the only weight. */
export const quadratic: Model<typeof params> = {
  kind: "quadratic",
  params,
  doc: {
    title: "Quadratic",
    summary:
      "f(w) = ½ Σ λⱼ wⱼ², minimum 0, with a known condition number; curvature may jump and noise may burst at given steps. Takes the dataset gradient-noise.",
    source: "noisy quadratic model, G. Zhang et al., arXiv:1907.04164",
  },
  example: { kind: "quadratic", condition: 50 },
  tasks: ["minimisation"],
  kernels: [],
  build(tf, { condition, largest, startDistance, jumps, bursts }, { data, seed }) {
    const dimension = data.outputs;
    const random = randomStream(seed, "init/point");
    const share = (j: number): number => (dimension === 1 ? 1 : j / (dimension - 1));
    const curvatures = Array.from({ length: dimension }, (_, j) => largest * condition ** (share(j) - 1));
    const product = (factors: readonly { factor: number }[]): number =>
      factors.reduce((all, { factor: f }) => all * f, 1);
    const half = tf.tensor1d(curvatures.map((curvature) => curvature / 2));
    const model = minimised(tf, {
      start: Float32Array.from({ length: dimension }, () => startDistance * random.normal()),
      value(point, at) {
        const value = tf.sum(tf.mul(half, tf.square(point))) as tfc.Scalar;
        const scale = product(jumps.filter((jump) => at >= jump.step));
        return scale === 1 ? value : tf.mul(value, scale);
      },
      noiseScale: (at) => product(bursts.filter(({ from, to }) => at >= from && at < to)),
    });
    return {
      ...model,
      dispose() {
        model.dispose();
        half.dispose();
      },
    };
  },
};
