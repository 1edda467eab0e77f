import { z } from "zod";
import type { Metric } from "../metric.ts";
import { classCounts } from "./_confusion.ts";

const params = z.strictObject({ kind: z.literal("macro-f1") }).meta({ id: "MacroF1Metric" });

/** Mean over the classes that occur or were said of 2 · right / (said + there). */
export const macroF1: Metric<typeof params> = {
  kind: "macro-f1",
  params,
  doc: {
    title: "Macro F1",
    summary: "Mean over the classes of the harmonic mean of precision and recall, 0 to 1.",
  },
  tasks: ["classification", "text-classification"],
  better: "higher",
  compute(outputs, targets) {
    const met = classCounts(outputs, targets).filter(({ said, there }) => said + there > 0);
    return met.reduce((sum, { right, said, there }) => sum + (2 * right) / (said + there), 0) / met.length;
  },
};
