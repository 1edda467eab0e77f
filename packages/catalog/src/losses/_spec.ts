/** The losses that models may be given, and what they add to them. */
import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Task } from "../dataset.ts";
import type { Loss } from "../loss.ts";
import type { Weight } from "../model.ts";
import type { Tf } from "../optimizer.ts";
import { lossParams, lossRegistry } from "./registry.gen.ts";

export const LossSpec = z
  .discriminatedUnion("kind", lossParams, {
    error: ({ input }) =>
      typeof input === "object" && input !== null
        ? undefined
        : `must be an object such as { "kind": "huber" }, of kind ${lossRegistry.map(({ kind }) => kind).join(", ")}; got ${JSON.stringify(input)}`,
  })
  .meta({ id: "LossSpec" });
export type LossSpec = z.output<typeof LossSpec>;

/** All losses, for conformance tests. */
export const losses: readonly Loss[] = lossRegistry as unknown as readonly Loss[];

/** Fields of a model whose loss can be chosen. Absent ones change nothing, so that earlier runs keep their meaning. */
export const lossFields = {
  loss: LossSpec.optional().describe("Absent: cross-entropy for classes, mean squared error for a regression."),
  l1: z.number().min(0).max(10).optional().describe("Added to the loss: this times the sum of |w| over all kernels."),
  l2: z.number().min(0).max(10).optional().describe("Added to the loss: this times the sum of w² over all kernels."),
};

interface Chosen {
  readonly loss?: LossSpec | undefined;
  readonly l1?: number | undefined;
  readonly l2?: number | undefined;
}

/** The loss of [n, width] outputs against targets of that shape, penalties included. */
export type Judge = (outputs: tfc.Tensor2D, targets: tfc.Tensor2D, weights: readonly Weight[]) => tfc.Scalar;

const lossNamed = (name: string): Loss => losses.find(({ kind }) => kind === name)!;

/** Returns why a loss cannot judge a task, or undefined when it can. */
export function lossProblem(kind: LossSpec["kind"], task: Task): string | undefined {
  if (lossNamed(kind).tasks.includes(task)) return undefined;
  const fit = losses.filter(({ tasks }) => tasks.includes(task)).map((loss) => loss.kind);
  return `model.loss ${kind} cannot judge ${task}; use one of ${fit.join(", ")}`;
}

/** Returns the loss that was chosen for the task. Throws an Error naming the field when it cannot judge the task. */
export function chosenLoss(tf: Tf, { loss, l1 = 0, l2 = 0 }: Chosen, task: Task): Judge {
  const spec = loss ?? LossSpec.parse({ kind: task === "regression" ? "mean-squared-error" : "cross-entropy" });
  const problem = lossProblem(spec.kind, task);
  if (problem !== undefined) throw new Error(problem);
  const { compute } = lossNamed(spec.kind);
  return (outputs, targets, weights) => {
    let total = compute(tf, spec, outputs, targets);
    for (const { variable: kernel } of weights) {
      if (kernel.rank < 2) continue;
      if (l1 > 0) total = tf.add(total, tf.mul(tf.sum(tf.abs(kernel)), l1)) as tfc.Scalar;
      if (l2 > 0) total = tf.add(total, tf.mul(tf.sum(tf.square(kernel)), l2)) as tfc.Scalar;
    }
    return total;
  };
}
