import { z } from "zod";
import type * as tfc from "@tensorflow/tfjs-core";
import type { Loss } from "../loss.ts";
import { softmaxCrossEntropy } from "../models/_losses.ts";

const params = z
  .strictObject({
    kind: z.literal("cross-entropy"),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe("Share of each label that is spread evenly over all classes."),
  })
  .meta({ id: "CrossEntropyLoss", title: "Cross-entropy" });

/** −Σ t log softmax(s), t = (1 − ε) y + ε / classes. */
export const crossEntropy: Loss<typeof params> = {
  kind: "cross-entropy",
  params,
  doc: {
    title: "Cross-entropy",
    summary: "Softmax cross-entropy in nats; with label smoothing no answer is ever quite certain.",
    source: "label smoothing: C. Szegedy et al., arXiv:1512.00567",
  },
  example: { kind: "cross-entropy", labelSmoothing: 0.1 },
  tasks: ["classification", "text-classification", "next-token"],
  compute(tf, { labelSmoothing }, outputs, targets) {
    if (labelSmoothing === 0) return softmaxCrossEntropy(tf, outputs, targets);
    const smooth = tf.add(tf.mul(targets, 1 - labelSmoothing), labelSmoothing / targets.shape[1]);
    return softmaxCrossEntropy(tf, outputs, smooth as tfc.Tensor2D);
  },
};
