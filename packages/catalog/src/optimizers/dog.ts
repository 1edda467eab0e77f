import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { ownRate } from "./_own-rate.ts";
import { epsilon, weightDecay } from "./_params.ts";
import { slotOf } from "./_state.ts";

const params = z
  .strictObject({
    kind: z.literal("dog"),
    startDistance: z
      .number()
      .positive()
      .max(1)
      .default(1e-6)
      .describe("First guess of the distance to the solution, relative to 1 + ‖w₀‖."),
    epsilon: epsilon(1e-8),
    weightDecay,
  })
  .meta({ id: "DogOptimizer", title: "DoG" });

/** Distance over gradients: SGD whose rate is the distance travelled over the root of all squared gradients. */
export const dog: Optimizer<typeof params> = {
  kind: "dog",
  params,
  doc: {
    title: "DoG",
    summary:
      "SGD that finds its rate: the largest distance from the start over the root of the summed squared gradients.",
    formula: "η = max ‖wᵢ − w₀‖ / √(Σ ‖gᵢ‖² + ε);  w ← w − rate · η · g",
    source:
      "M. Ivgi, O. Hinder, Y. Carmon: DoG is SGD's best friend, arXiv:2302.12022; the last iterate, without averaging",
    rate: "rate · η, with the constant schedule's rate as a factor (1 is the paper's method).",
  },
  example: { kind: "dog" },
  supports: ownRate("dog"),
  bind: ({ startDistance, epsilon: eps, weightDecay: decay }) => ({
    coupledDecay: decay,
    start(tf, weights) {
      const norm = tf.sqrt(tf.addN(weights.map(({ value }) => tf.sum(tf.square(value)))));
      return {
        ...Object.fromEntries(weights.map(({ name, value }) => [`start/${name}`, tf.clone(value)])),
        distance: tf.mul(tf.add(norm, 1), startDistance),
        squares: tf.scalar(0),
      };
    },
    direction(tf, { state, weights, gradients }) {
      const penalised = gradients.map((gradient, i) => decayed(tf, gradient, weights[i]!.value, decay));
      const total = (tensors: readonly tfc.Tensor[]): tfc.Tensor => tf.addN(tensors.map((t) => tf.sum(tf.square(t))));
      const travelled = tf.sqrt(total(weights.map(({ name, value }) => tf.sub(value, slotOf(state, "start", name)))));
      const distance = tf.maximum(state["distance"]!, travelled);
      const squares = tf.add(state["squares"]!, total(penalised));
      const scale = tf.div(distance, tf.sqrt(tf.add(squares, eps)));
      return { directions: penalised, scale, state: { distance, squares } };
    },
  }),
};
