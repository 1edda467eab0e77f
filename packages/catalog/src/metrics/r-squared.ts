import { z } from "zod";
import type { Metric } from "../metric.ts";

const params = z.strictObject({ kind: z.literal("r-squared") }).meta({ id: "RSquaredMetric" });

/** 1 − Σ(y − ŷ)² / Σ(y − ȳ)², over all values together; NaN where all targets are the same. */
export const rSquared: Metric<typeof params> = {
  kind: "r-squared",
  params,
  doc: {
    title: "R²",
    summary: "Share of the targets' variance that is explained: 1 is perfect, 0 no better than their mean.",
  },
  tasks: ["regression"],
  better: "higher",
  compute(outputs, targets) {
    let mean = 0;
    for (let i = 0; i < targets.length; i++) mean += targets[i]! / targets.length;
    let [left, whole] = [0, 0];
    for (let i = 0; i < targets.length; i++) {
      left += (outputs[i]! - targets[i]!) ** 2;
      whole += (targets[i]! - mean) ** 2;
    }
    return whole === 0 ? Number.NaN : 1 - left / whole;
  },
};
