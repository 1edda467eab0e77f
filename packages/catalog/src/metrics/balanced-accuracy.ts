import { z } from "zod";
import type { Metric } from "../metric.ts";
import { classCounts } from "./_confusion.ts";

const params = z.strictObject({ kind: z.literal("balanced-accuracy") }).meta({ id: "BalancedAccuracyMetric" });

/** Mean over the classes that occur of the share of their examples that was recognised. */
export const balancedAccuracy: Metric<typeof params> = {
  kind: "balanced-accuracy",
  params,
  doc: {
    title: "Balanced accuracy",
    summary: "Mean over the classes of the share of each that was recognised: rare classes count as much as frequent.",
  },
  tasks: ["classification", "text-classification"],
  better: "higher",
  compute(outputs, targets) {
    const present = classCounts(outputs, targets).filter(({ there }) => there > 0);
    return present.reduce((sum, { right, there }) => sum + right / there, 0) / present.length;
  },
};
