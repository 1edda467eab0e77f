import { z } from "zod";
import type { Metric } from "../metric.ts";

const params = z.strictObject({ kind: z.literal("accuracy") }).meta({ id: "AccuracyMetric" });

/** Share of answers (examples, or places in a sequence) whose largest output is the right class. The first of equals counts. */
export const accuracy: Metric<typeof params> = {
  kind: "accuracy",
  params,
  doc: {
    title: "Accuracy",
    summary: "Share of examples, or of tokens of a text, whose most likely class is the right one, 0 to 1.",
  },
  tasks: ["classification", "text-classification", "next-token"],
  always: true,
  better: "higher",
  compute(outputs, targets) {
    const answers = targets.length;
    const width = outputs.length / answers;
    let right = 0;
    for (let row = 0; row < answers; row++) {
      let best = 0;
      for (let k = 1; k < width; k++) if (outputs[row * width + k]! > outputs[row * width + best]!) best = k;
      if (best === targets[row]) right++;
    }
    return right / answers;
  },
};
