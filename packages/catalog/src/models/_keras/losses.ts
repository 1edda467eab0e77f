import type * as tfc from "@tensorflow/tfjs-core";
import type { Task } from "../../dataset.ts";
import type { Tf } from "../../optimizer.ts";
import { huberLoss, meanSquaredError, softmaxCrossEntropy } from "../_losses.ts";

export const lossNames = [
  "categorical-crossentropy",
  "binary-crossentropy",
  "mean-squared-error",
  "mean-absolute-error",
  "huber",
] as const;
export type LossName = (typeof lossNames)[number];

/** The loss of a task, unless another is chosen. */
export const usualLoss = (task: Task): LossName =>
  task === "regression" ? "mean-squared-error" : "categorical-crossentropy";

/** The activation at the end that a loss takes over, computing with what goes into it. */
export const takenOver: Readonly<Partial<Record<LossName, string>>> = {
  "categorical-crossentropy": "softmax",
  "binary-crossentropy": "sigmoid",
};

/** Returns the mean over all values of log(1 + eˣ) − y·x, without overflow. */
function binary(tf: Tf, x: tfc.Tensor, y: tfc.Tensor): tfc.Scalar {
  const tail = tf.log1p(tf.exp(tf.neg(tf.abs(x))));
  return tf.mean(tf.add(tf.sub(tf.relu(x), tf.mul(x, y)), tail)) as tfc.Scalar;
}

/** Returns the mean loss of outputs [n, values] against targets of that shape; the cross-entropies take logits. */
export function lossOf(tf: Tf, name: LossName, outputs: tfc.Tensor, targets: tfc.Tensor): tfc.Scalar {
  switch (name) {
    case "categorical-crossentropy":
      return softmaxCrossEntropy(tf, outputs as tfc.Tensor2D, targets as tfc.Tensor2D);
    case "binary-crossentropy":
      return binary(tf, outputs, targets);
    case "mean-squared-error":
      return meanSquaredError(tf, outputs, targets);
    case "mean-absolute-error":
      return tf.mean(tf.abs(tf.sub(outputs, targets))) as tfc.Scalar;
    case "huber":
      return huberLoss(tf, outputs, targets);
  }
}
