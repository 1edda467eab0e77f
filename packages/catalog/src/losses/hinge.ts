import { z } from "zod";
import type * as tfc from "@tensorflow/tfjs-core";
import type { Loss } from "../loss.ts";

const params = z.strictObject({ kind: z.literal("hinge") }).meta({ id: "HingeLoss", title: "Multi-class hinge" });

/** max over k of (s_k + 1 − y_k) − s of the right class: 0 once the right class leads by 1. */
export const hinge: Loss<typeof params> = {
  kind: "hinge",
  params,
  doc: {
    title: "Multi-class hinge",
    summary: "How much the right class lacks of leading all others by 1, as in a support vector machine.",
    source: "K. Crammer, Y. Singer: On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines, 2001",
  },
  example: { kind: "hinge" },
  tasks: ["classification", "text-classification"],
  compute(tf, _params, outputs, targets) {
    const best = tf.max(tf.sub(tf.add(outputs, 1), targets), -1);
    return tf.mean(tf.sub(best, tf.sum(tf.mul(outputs, targets), -1))) as tfc.Scalar;
  },
};
