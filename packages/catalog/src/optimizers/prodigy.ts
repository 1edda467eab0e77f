import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { ownRate, rateOf } from "./_own-rate.ts";
import { beta, epsilon } from "./_params.ts";
import { slotOf, zeroState } from "./_state.ts";

const params = z
  .strictObject({
    kind: z.literal("prodigy"),
    beta1: beta(0.9, "Decay β₁ of the running average of gradients."),
    beta2: beta(0.999, "Decay β₂ of the running average of squared gradients."),
    epsilon: epsilon(1e-8),
    startDistance: z.number().positive().max(1e3).default(1e-6).describe("d₀, the first estimate of the distance."),
    weightDecay: z.number().min(0).max(1e6).default(0).describe("Decoupled weight decay λ."),
  })
  .meta({ id: "ProdigyOptimizer", title: "Prodigy" });

/** Adam whose rate is an estimate of the distance to the solution, which only grows. */
export const prodigy: Optimizer<typeof params> = {
  kind: "prodigy",
  params,
  doc: {
    title: "Prodigy",
    summary: "Adam that finds its rate: a growing estimate d of the distance between start and solution.",
    formula:
      "m ← β₁m + (1 − β₁)dg;  v ← β₂v + (1 − β₂)d²g²;  r ← √β₂r + (1 − √β₂)γd²⟨g, w₀ − w⟩;  s ← √β₂s + (1 − √β₂)γd²g;  d ← max(d, r / ‖s‖₁);  w ← w − γd(m / (√v + dε) + λw)",
    source:
      "K. Mishchenko, A. Defazio: Prodigy, arXiv:2306.06101, Algorithm 4; the estimate of this step serves the next",
    rate: "γ · d, with the constant schedule's rate as γ (1 is the paper's method).",
  },
  example: { kind: "prodigy" },
  supports: ownRate("prodigy"),
  bind: ({ beta1, beta2, epsilon: eps, startDistance, weightDecay }) => ({
    coupledDecay: 0,
    start: (tf, weights) => ({
      ...zeroState(tf, ["first-moment", "second-moment", "weighted-sum"], weights),
      ...Object.fromEntries(weights.map(({ name, value }) => [`start/${name}`, tf.clone(value)])),
      distance: tf.scalar(startDistance),
      numerator: tf.scalar(0),
    }),
    direction(tf, { state, weights, gradients, rates }) {
      const rate = rateOf("prodigy", rates, 0);
      const distance = state["distance"]!;
      const squared = tf.square(distance);
      const keep = Math.sqrt(beta2);
      const next: Record<string, tfc.Tensor> = {};
      const products: tfc.Tensor[] = [];
      const lengths: tfc.Tensor[] = [];
      const directions = gradients.map((gradient, i) => {
        const { name, value } = weights[i]!;
        const first = tf.add(
          tf.mul(slotOf(state, "first-moment", name), beta1),
          tf.mul(gradient, tf.mul(distance, 1 - beta1)),
        );
        const second = tf.add(
          tf.mul(slotOf(state, "second-moment", name), beta2),
          tf.mul(tf.square(gradient), tf.mul(squared, 1 - beta2)),
        );
        const weighted = tf.add(
          tf.mul(slotOf(state, "weighted-sum", name), keep),
          tf.mul(gradient, tf.mul(squared, rate * (1 - keep))),
        );
        products.push(tf.sum(tf.mul(gradient, tf.sub(slotOf(state, "start", name), value))));
        lengths.push(tf.sum(tf.abs(weighted)));
        next[`first-moment/${name}`] = first;
        next[`second-moment/${name}`] = second;
        next[`weighted-sum/${name}`] = weighted;
        const root = tf.add(tf.sqrt(second), tf.mul(distance, eps));
        return decayed(tf, tf.div(first, root), value, weightDecay);
      });
      const numerator = tf.add(
        tf.mul(state["numerator"]!, keep),
        tf.mul(tf.addN(products), tf.mul(squared, rate * (1 - keep))),
      );
      const estimate = tf.maximum(distance, tf.divNoNan(numerator, tf.addN(lengths)));
      const scale = tf.clone(distance);
      return { directions, scale, state: { ...next, distance: estimate, numerator } };
    },
  }),
};
