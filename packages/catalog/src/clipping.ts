/** Gradient clipping, as PyTorch's clip_grad_norm_ and clip_grad_value_. */
import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Task } from "./dataset.ts";
import type { Tf } from "./optimizer.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";
import { schedulesIn } from "./schedules-in.ts";

export const GradientClip = z
  .union([
    z.strictObject({ norm: z.number().positive().describe("The norm of all gradients together is at most this.") }),
    z.strictObject({ value: z.number().positive().describe("Every entry is between minus this and this.") }),
  ])
  .meta({ id: "GradientClip", description: "What becomes of gradients that are too large, before the optimizer." });
export type GradientClip = z.output<typeof GradientClip>;

/** PyTorch adds it to the norm, so that a gradient of zero divides by something. */
const epsilon = 1e-6;

/** The factor min(1, limit / (norm + 1e-6)) that gradients of this norm are multiplied by. */
export const clipFactor = (limit: number, norm: number): number => Math.min(1, limit / (norm + epsilon));

/** Returns the clipped gradients as new tensors; the norm is taken over all of them. Inside the caller's tidy. */
export function clipGradients(tf: Tf, gradients: readonly tfc.Tensor[], clip: GradientClip): tfc.Tensor[] {
  if ("value" in clip) return gradients.map((gradient) => tf.clipByValue(gradient, -clip.value, clip.value));
  const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
  const factor = tf.minimum(tf.div(clip.norm, tf.add(norm, epsilon)), 1);
  return gradients.map((gradient) => tf.mul(gradient, factor));
}

/** Returns why gradients cannot be clipped under this schedule or on this task, or undefined when they can. */
export function clipProblem(schedule: ScheduleSpec, task: Task): string | undefined {
  if (task === "factorisation") {
    return "gradientClip needs one gradient of all weights, and a factorisation updates its factors in turn; leave it out";
  }
  const kinds = new Set<string>(schedulesIn(schedule).map(({ spec }) => spec.kind));
  if (kinds.has("line-search")) {
    return "gradientClip does not work with the schedule line-search: the search finds the length of the step by itself, and its test needs the gradient as it is; leave one of them out";
  }
  if (kinds.has("hypergradient")) {
    return "gradientClip does not work with the schedule hypergradient: the derivative by the rate is that of the step without clipping; leave one of them out";
  }
  return undefined;
}
