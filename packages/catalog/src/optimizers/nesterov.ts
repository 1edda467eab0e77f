import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { beta, weightDecay } from "./_params.ts";
import { noDescent, slotOf, zeroState } from "./_state.ts";

const params = z
  .strictObject({
    kind: z.literal("nesterov"),
    momentum: beta(0.9, "Share μ of the previous velocity that is kept."),
    weightDecay,
  })
  .meta({ id: "NesterovOptimizer", title: "Nesterov momentum" });

/** Nesterov's momentum in the form of PyTorch: v ← μv + g, u = g + μv. */
export const nesterov: Optimizer<typeof params> = {
  kind: "nesterov",
  params,
  doc: {
    title: "SGD with Nesterov momentum",
    summary: "Momentum that looks ahead: it steps along the gradient plus the velocity it will have next.",
    formula: "v ← momentum · v + g + weightDecay · w;  u = g + weightDecay · w + momentum · v;  w ← w − rate · u",
    source: "Y. Nesterov, 1983; I. Sutskever et al., ICML 2013; form as in PyTorch",
    rate: "The schedule's rate.",
  },
  example: { kind: "nesterov" },
  supports: { scheduled: true, hypergradient: true, lineSearch: noDescent("nesterov") },
  bind: ({ momentum: mu, weightDecay: decay }) => ({
    coupledDecay: decay,
    start: (tf, weights) => zeroState(tf, ["velocity"], weights),
    direction(tf, { state, weights, gradients, momentum: cycled }) {
      const keep = cycled ?? mu;
      const next: Record<string, tfc.Tensor> = {};
      const directions = gradients.map((raw, i) => {
        const { name, value } = weights[i]!;
        const gradient = decayed(tf, raw, value, decay);
        const velocity = tf.add(tf.mul(slotOf(state, "velocity", name), keep), gradient);
        next[`velocity/${name}`] = velocity;
        return tf.add(gradient, tf.mul(velocity, keep));
      });
      return { directions, state: next };
    },
  }),
};
