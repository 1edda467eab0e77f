import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Direction, DirectionInput, Tf } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { beta, epsilon } from "./_params.ts";
import { trainingKernel } from "../training-kernels.ts";
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
  const first = 1 / (1 - Math.pow(beta1, step + 1));
  const second = 1 / (1 - Math.pow(beta2, step + 1));
  // ε inside the correction is √(1 / correction) times as large.
  const epsilon = epsilonPlacement === "inside" ? eps * Math.sqrt(second) : eps;
  const attrs = { beta1, beta2, epsilon, first, second, rate: 0, coupledDecay: 0, decoupledDecay: 0 };
  const next: Record<string, tfc.Tensor> = {};
  const directions = gradients.map((raw, i) => {
    const { name, value } = weights[i]!;
    const inputs = {
      gradient: decayed(tf, raw, value, coupledDecay),
      firstMoment: slotOf(state, "first-moment", name),
      secondMoment: slotOf(state, "second-moment", name),
    };
    const [direction, first, second] = trainingKernel(tf, "TrainingAdam", inputs, attrs) ?? composed(tf, inputs, attrs);
    next[`first-moment/${name}`] = first!;
    next[`second-moment/${name}`] = second!;
    return direction!;
  });
  return { directions, state: next };
}

interface Moments {
  readonly gradient: tfc.Tensor;
  readonly firstMoment: tfc.Tensor;
  readonly secondMoment: tfc.Tensor;
}

interface AdamAttrs {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly first: number;
  readonly second: number;
}

/** Direction and both moments from plain operations. */
function composed(tf: Tf, { gradient, firstMoment, secondMoment }: Moments, attrs: AdamAttrs): tfc.Tensor[] {
  const { beta1, beta2, epsilon, first, second } = attrs;
  const m = tf.add(tf.mul(firstMoment, beta1), tf.mul(gradient, 1 - beta1));
  const v = tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  return [tf.div(tf.mul(m, first), tf.add(tf.sqrt(tf.mul(v, second)), epsilon)), m, v];
}
