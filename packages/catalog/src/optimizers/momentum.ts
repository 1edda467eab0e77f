import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { beta, weightDecay } from "./_params.ts";
import { noDescent, slotOf, zeroState } from "./_state.ts";

const params = z
  .strictObject({
    kind: z.literal("momentum"),
    momentum: beta(0.9, "Share μ of the previous velocity that is kept."),
    weightDecay,
  })
  .meta({ id: "MomentumOptimizer", title: "Momentum" });

/** Heavy-ball momentum: v ← μv + g, u = v. */
export const momentum: Optimizer<typeof params> = {
  kind: "momentum",
  params,
  doc: {
    title: "SGD with momentum",
    summary: "Adds up past gradients, so that steps grow along a steady slope and cancel across a valley.",
    formula: "v ← momentum · v + g + weightDecay · w;  w ← w − rate · v",
    source: "B. Polyak: Some methods of speeding up the convergence of iteration methods, 1964; form as in PyTorch",
    rate: "The schedule's rate.",
  },
  example: { kind: "momentum" },
  supports: { scheduled: true, hypergradient: true, lineSearch: noDescent("momentum") },
  bind: ({ momentum: mu, weightDecay: decay }) => ({
    coupledDecay: decay,
    start: (tf, weights) => zeroState(tf, ["velocity"], weights),
    direction(tf, { state, weights, gradients, momentum: cycled }) {
      const keep = cycled ?? mu;
      const next: Record<string, tfc.Tensor> = {};
      const directions = gradients.map((gradient, i) => {
        const { name, value } = weights[i]!;
        const velocity = tf.add(tf.mul(slotOf(state, "velocity", name), keep), decayed(tf, gradient, value, decay));
        next[`velocity/${name}`] = velocity;
        return velocity;
      });
      return { directions, state: next };
    },
  }),
};
