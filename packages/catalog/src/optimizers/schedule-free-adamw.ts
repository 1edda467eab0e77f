import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { ownRate } from "./_own-rate.ts";
import { beta, epsilon } from "./_params.ts";
import { scheduleFreeAverages, scheduleFreeDirection, scheduleFreeStart } from "./_schedule-free.ts";
import { slotOf, zeroState } from "./_state.ts";

const params = z
  .strictObject({
    kind: z.literal("schedule-free-adamw"),
    beta1: beta(0.9, "Share β₁ of the average in the point where gradients are taken."),
    beta2: beta(0.999, "Decay β₂ of the running average of squared gradients."),
    epsilon: epsilon(1e-8),
    weightDecay: z.number().min(0).max(1e6).default(0).describe("Decoupled weight decay λ, at the point y."),
  })
  .meta({ id: "ScheduleFreeAdamwOptimizer", title: "Schedule-free AdamW" });

const kind = "schedule-free-adamw";

/** AdamW whose average replaces momentum and schedule; evaluated at the average. */
export const scheduleFreeAdamw: Optimizer<typeof params> = {
  kind,
  params,
  doc: {
    title: "Schedule-free AdamW",
    summary: "Adam's scaling without its momentum; gradients are taken between the sequence and its average.",
    formula:
      "y = (1 − β₁)z + β₁x;  v ← β₂v + (1 − β₂)g²;  z ← z − rate · (g / (√(v / (1 − β₂ᵗ)) + ε) + weightDecay · y);  x ← (1 − 1/t)x + z/t",
    source: "A. Defazio et al.: The road less scheduled, arXiv:2405.15682",
    rate: "The constant rate of the sequence z. The training loss is that of y, the validation loss that of x.",
  },
  example: { kind },
  supports: ownRate(kind),
  bind: ({ beta1, beta2, epsilon: eps, weightDecay: decay }) => ({
    coupledDecay: 0,
    start: (tf, weights) => ({ ...scheduleFreeStart(tf, weights), ...zeroState(tf, ["second-moment"], weights) }),
    direction(tf, input) {
      const { state, weights, gradients, step } = input;
      const correction = Math.sqrt(1 / (1 - Math.pow(beta2, step + 1)));
      const moments: Record<string, tfc.Tensor> = {};
      const scaled = gradients.map((gradient, i) => {
        const { name, value } = weights[i]!;
        const second = slotOf(state, "second-moment", name);
        const next = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        moments[`second-moment/${name}`] = next;
        const root = tf.add(tf.mul(tf.sqrt(next), correction), eps);
        return decayed(tf, tf.div(gradient, root), value, decay);
      });
      const made = scheduleFreeDirection(tf, kind, input, scaled, beta1);
      return { directions: made.directions, state: { ...moments, ...made.state } };
    },
    evaluationWeights: scheduleFreeAverages,
  }),
};
