import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { epsilon, weightDecay } from "./_params.ts";
import { slotOf, zeroState } from "./_state.ts";

const params = z
  .strictObject({ kind: z.literal("adagrad"), epsilon: epsilon(1e-10), weightDecay })
  .meta({ id: "AdagradOptimizer", title: "Adagrad" });

/** Adagrad: G ← G + g², u = g / (√G + ε). */
export const adagrad: Optimizer<typeof params> = {
  kind: "adagrad",
  params,
  doc: {
    title: "Adagrad",
    summary: "Divides each gradient by the root of all its past squares, so that steps shrink by themselves.",
    formula: "G ← G + g²;  u = g / (√G + ε);  w ← w − rate · u",
    source: "J. Duchi, E. Hazan, Y. Singer: Adaptive subgradient methods, JMLR 12, 2011; form as in PyTorch",
    rate: "The schedule's rate, before the scaling.",
  },
  example: { kind: "adagrad" },
  supports: { scheduled: true, hypergradient: true, lineSearch: true },
  bind: ({ epsilon: eps, weightDecay: lambda }) => ({
    coupledDecay: lambda,
    start: (tf, weights) => zeroState(tf, ["square-sum"], weights),
    direction(tf, { state, weights, gradients }) {
      const next: Record<string, tfc.Tensor> = {};
      const directions = gradients.map((raw, i) => {
        const { name, value } = weights[i]!;
        const gradient = decayed(tf, raw, value, lambda);
        const sum = tf.add(slotOf(state, "square-sum", name), tf.square(gradient));
        next[`square-sum/${name}`] = sum;
        return tf.div(gradient, tf.add(tf.sqrt(sum), eps));
      });
      return { directions, state: next };
    },
  }),
};
