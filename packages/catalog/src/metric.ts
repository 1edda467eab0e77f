/** The contract of a metric: a number for people, computed on the host from a model's outputs. Losses belong to models. */
import type { z } from "zod";
import type { Task } from "./dataset.ts";

/** One metric = one file in metrics/. It is recorded as `train/<kind>` and `validation/<kind>`, on request or always. */
export interface Metric<Params extends z.ZodType<{ kind: string }> = z.ZodType<{ kind: string }>> {
  readonly kind: z.output<Params>["kind"];
  readonly params: Params;
  readonly doc: { readonly title: string; readonly summary: string };
  /** Tasks that have it. */
  readonly tasks: readonly Task[];
  /**
   * Recorded without being asked for. Over a large set it is then the mean over parts, so that must be the same; a
   * metric on request is computed over the whole set at once.
   */
  readonly always?: true;
  /** Whether a larger value is better. */
  readonly better: "higher" | "lower";
  /** Returns the mean over `count` examples of count × width outputs and their targets. */
  compute(outputs: ArrayLike<number>, targets: ArrayLike<number>, count: number): number;
}
