import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Direction, DirectionInput, Tf } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { beta, epsilon } from "./_params.ts";
import { slotOf } from "./_state.ts";

/** Parameters that Adam and AdamW share. */
export const adamFields = {
  beta1: beta(0.9, "Decay β₁ of the running average of gradients."),
  beta2: beta(0.999, "Decay β₂ of the running average of squared gradients."),
  epsilon: epsilon(1e-8),
  epsilonPlacement: z
    .enum(["outside", "inside"])
    .default("outside")
    .describe("outside: ε is added after the bias correction of √v, as usual; inside: before it."),
};

type AdamSettings = z.output<z.ZodObject<typeof adamFields>>;

export const adamSlots = ["first-moment", "second-moment"];

/**
 * Advances both moments and returns (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε) for t = step + 1. The bias corrections are
 * powers of the step, not running products, so that a resumed run computes the same bits.
 */
export function adamDirection(
  tf: Tf,
  { state, weights, gradients, step, momentum }: DirectionInput,
  settings: AdamSettings,
  coupledDecay: number,
): Direction {
  const { beta2, epsilon: eps, epsilonPlacement } = settings;
  const beta1 = momentum ?? settings.beta1;
  const firstScale = 1 / (1 - Math.pow(beta1, step + 1));
  // √v̂ + ε, with v̂ = v / correction; ε inside the correction is √(1 / correction) times as large.
  const rootScale = Math.sqrt(1 / (1 - Math.pow(beta2, step + 1)));
  const added = epsilonPlacement === "inside" ? eps * rootScale : eps;
  const next: Record<string, tfc.Tensor> = {};
  const directions = gradients.map((raw, i) => {
    const { name, value } = weights[i]!;
    const gradient = decayed(tf, raw, value, coupledDecay);
    const first = tf.add(tf.mul(slotOf(state, "first-moment", name), beta1), tf.mul(gradient, 1 - beta1));
    const second = tf.add(tf.mul(slotOf(state, "second-moment", name), beta2), tf.mul(tf.square(gradient), 1 - beta2));
    next[`first-moment/${name}`] = first;
    next[`second-moment/${name}`] = second;
    return tf.div(tf.mul(first, firstScale), tf.add(tf.mul(tf.sqrt(second), rootScale), added));
  });
  return { directions, state: next };
}
