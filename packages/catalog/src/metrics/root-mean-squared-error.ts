import { z } from "zod";
import type { Metric } from "../metric.ts";

const params = z
  .strictObject({ kind: z.literal("root-mean-squared-error") })
  .meta({ id: "RootMeanSquaredErrorMetric" });

/** Root of the mean squared distance of outputs and targets, in the targets' unit. */
export const rootMeanSquaredError: Metric<typeof params> = {
  kind: "root-mean-squared-error",
  params,
  doc: {
    title: "Root mean squared error",
    summary: "Root of the mean squared distance between prediction and target, in the target's unit.",
  },
  tasks: ["regression"],
  better: "lower",
  compute(outputs, targets) {
    let sum = 0;
    for (let i = 0; i < targets.length; i++) sum += (outputs[i]! - targets[i]!) ** 2;
    return Math.sqrt(sum / targets.length);
  },
};
