import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { adamDirection, adamFields, adamSlots } from "./_adam.ts";
import { noDescent, zeroState } from "./_state.ts";

const params = z
  .strictObject({
    kind: z.literal("adamw"),
    ...adamFields,
    weightDecay: z
      .number()
      .min(0)
      .max(1e6)
      .default(0.01)
      .describe("Decoupled weight decay λ: each update also shrinks the weights by rate · λ."),
  })
  .meta({ id: "AdamwOptimizer", title: "AdamW" });

/** Adam whose weight decay bypasses the moments: u = Adam's direction + λw. */
export const adamw: Optimizer<typeof params> = {
  kind: "adamw",
  params,
  doc: {
    title: "AdamW",
    summary: "Adam with decoupled weight decay: weights shrink in proportion to the rate, whatever their gradients.",
    formula: "u = (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε) + weightDecay · w;  w ← w − rate · u, m and v as in Adam",
    source: "I. Loshchilov, F. Hutter: Decoupled weight decay regularization, arXiv:1711.05101",
    rate: "The schedule's rate, before Adam's scaling.",
  },
  example: { kind: "adamw" },
  supports: { scheduled: true, hypergradient: true, lineSearch: noDescent("adamw") },
  bind: (settings) => ({
    coupledDecay: 0,
    start: (tf, weights) => zeroState(tf, adamSlots, weights),
    direction(tf, input) {
      const { directions, state } = adamDirection(tf, input, settings, 0);
      if (settings.weightDecay === 0) return { directions, state };
      const shrunk = directions.map((u, i) => tf.add(u, tf.mul(input.weights[i]!.value, settings.weightDecay)));
      return { directions: shrunk, state };
    },
  }),
};
