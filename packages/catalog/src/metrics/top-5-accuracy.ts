import { z } from "zod";
import type { Metric } from "../metric.ts";

const params = z.strictObject({ kind: z.literal("top-5-accuracy") }).meta({ id: "Top5AccuracyMetric" });

/** Share of answers whose right class is among the five largest outputs; equals count for the right one. */
export const top5Accuracy: Metric<typeof params> = {
  kind: "top-5-accuracy",
  params,
  doc: {
    title: "Top-5 accuracy",
    summary: "Share of examples, or of tokens of a text, whose right class is among the five most likely, 0 to 1.",
  },
  tasks: ["classification", "text-classification", "next-token"],
  better: "higher",
  compute(outputs, targets) {
    const width = outputs.length / targets.length;
    let right = 0;
    for (let row = 0; row < targets.length; row++) {
      const own = outputs[row * width + targets[row]!]!;
      let above = 0;
      for (let k = 0; k < width; k++) if (outputs[row * width + k]! > own) above++;
      if (above < 5) right++;
    }
    return right / targets.length;
  },
};
