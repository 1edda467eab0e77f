/** The contract of a loss: what a model's outputs are judged by, differentiable. */
import type * as tfc from "@tensorflow/tfjs-core";
import type { z } from "zod";
import type { Task } from "./dataset.ts";
import type { Tf } from "./optimizer.ts";

/** One loss = one file in losses/, exporting one of these under the camelCase of its file name. */
export interface Loss<Params extends z.ZodType<{ kind: string }> = z.ZodType<{ kind: string }>> {
  readonly kind: z.output<Params>["kind"];
  readonly params: Params;
  readonly doc: { readonly title: string; readonly summary: string; readonly source: string };
  readonly example: z.input<Params>;
  /** Tasks whose outputs it can judge. */
  readonly tasks: readonly Task[];
  /** Returns the mean loss of outputs [n, width] against targets [n, width]: one-hot rows for classes, values otherwise. */
  compute(tf: Tf, params: z.output<Params>, outputs: tfc.Tensor2D, targets: tfc.Tensor2D): tfc.Scalar;
}
