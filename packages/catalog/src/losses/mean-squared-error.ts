import { z } from "zod";
import type { Loss } from "../loss.ts";
import { meanSquaredError as mean } from "../models/_losses.ts";

const params = z
  .strictObject({ kind: z.literal("mean-squared-error") })
  .meta({ id: "MeanSquaredErrorLoss", title: "Mean squared error" });

/** Mean over all values of e²; for classes against 0 and 1. */
export const meanSquaredError: Loss<typeof params> = {
  kind: "mean-squared-error",
  params,
  doc: {
    title: "Mean squared error",
    summary: "Mean square of the error. Classes are learned as outputs near 1 for the right one and near 0 else.",
    source: "for classes: L. Hui, M. Belkin, arXiv:2006.07322",
  },
  example: { kind: "mean-squared-error" },
  tasks: ["classification", "regression"],
  compute: (tf, _params, outputs, targets) => mean(tf, outputs, targets),
};
