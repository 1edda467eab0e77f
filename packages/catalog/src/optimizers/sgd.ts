import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { weightDecay } from "./_params.ts";

const params = z.strictObject({ kind: z.literal("sgd"), weightDecay }).meta({ id: "SgdOptimizer", title: "SGD" });

/** Stochastic gradient descent: u = g + λw. */
export const sgd: Optimizer<typeof params> = {
  kind: "sgd",
  params,
  doc: {
    title: "SGD",
    summary: "Follows the negative gradient of the batch.",
    formula: "u = g + weightDecay · w;  w ← w − rate · u",
    source: "H. Robbins, S. Monro: A stochastic approximation method, 1951",
    rate: "The schedule's rate.",
  },
  example: { kind: "sgd" },
  supports: { scheduled: true, hypergradient: true, lineSearch: true },
  bind: ({ weightDecay: decay }) => ({
    coupledDecay: decay,
    start: () => ({}),
    direction: (tf, { weights, gradients }) => ({
      directions: gradients.map((gradient, i) => decayed(tf, gradient, weights[i]!.value, decay)),
      state: {},
    }),
  }),
};
