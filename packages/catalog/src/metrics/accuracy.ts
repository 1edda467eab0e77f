import { z } from "zod";
import type { Metric } from "../metric.ts";

const params = z.strictObject({ kind: z.literal("accuracy") }).meta({ id: "AccuracyMetric" });

/** Share of examples whose largest output is the right class. The first of equal outputs counts. */
export const accuracy: Metric<typeof params> = {
  kind: "accuracy",
  params,
  doc: { title: "Accuracy", summary: "Share of examples whose most likely class is the right one, 0 to 1." },
  tasks: ["classification"],
  better: "higher",
  compute(outputs, targets, count) {
    const width = outputs.length / count;
    let right = 0;
    for (let row = 0; row < count; row++) {
      let best = 0;
      for (let k = 1; k < width; k++) if (outputs[row * width + k]! > outputs[row * width + best]!) best = k;
      if (best === targets[row]) right++;
    }
    return right / count;
  },
};
