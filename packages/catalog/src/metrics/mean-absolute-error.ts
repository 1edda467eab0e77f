import { z } from "zod";
import type { Metric } from "../metric.ts";

const params = z.strictObject({ kind: z.literal("mean-absolute-error") }).meta({ id: "MeanAbsoluteErrorMetric" });

/** Mean distance of outputs and targets, in the targets' unit. */
export const meanAbsoluteError: Metric<typeof params> = {
  kind: "mean-absolute-error",
  params,
  doc: { title: "Mean absolute error", summary: "Mean distance between prediction and target, in the target's unit." },
  tasks: ["regression"],
  always: true,
  better: "lower",
  compute(outputs, targets) {
    let sum = 0;
    for (let i = 0; i < targets.length; i++) sum += Math.abs(outputs[i]! - targets[i]!);
    return sum / targets.length;
  },
};
