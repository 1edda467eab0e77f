import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { beta, epsilon, weightDecay } from "./_params.ts";
import { slotOf, zeroState } from "./_state.ts";

const params = z
  .strictObject({
    kind: z.literal("rmsprop"),
    decay: beta(0.99, "Decay ρ of the running average of squared gradients."),
    epsilon: epsilon(1e-8),
    weightDecay,
  })
  .meta({ id: "RmspropOptimizer", title: "RMSprop" });

/** RMSprop without momentum: v ← ρv + (1 − ρ)g², u = g / (√v + ε). */
export const rmsprop: Optimizer<typeof params> = {
  kind: "rmsprop",
  params,
  doc: {
    title: "RMSprop",
    summary: "Divides each gradient by a running average of its size.",
    formula: "v ← decay · v + (1 − decay) · g²;  u = g / (√v + ε);  w ← w − rate · u",
    source: "T. Tieleman, G. Hinton, Coursera lecture 6.5, 2012; form as in PyTorch",
    rate: "The schedule's rate, before the scaling.",
  },
  example: { kind: "rmsprop" },
  supports: { scheduled: true, hypergradient: true, lineSearch: true },
  bind: ({ decay: rho, epsilon: eps, weightDecay: lambda }) => ({
    coupledDecay: lambda,
    start: (tf, weights) => zeroState(tf, ["mean-square"], weights),
    direction(tf, { state, weights, gradients }) {
      const next: Record<string, tfc.Tensor> = {};
      const directions = gradients.map((raw, i) => {
        const { name, value } = weights[i]!;
        const gradient = decayed(tf, raw, value, lambda);
        const square = tf.add(tf.mul(slotOf(state, "mean-square", name), rho), tf.mul(tf.square(gradient), 1 - rho));
        next[`mean-square/${name}`] = square;
        return tf.div(gradient, tf.add(tf.sqrt(square), eps));
      });
      return { directions, state: next };
    },
  }),
};
