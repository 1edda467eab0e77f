import type * as tfc from "@tensorflow/tfjs-core";
import type { Tf } from "../optimizer.ts";
import { trainingKernel } from "../training-kernels.ts";

/**
 * Returns the mean cross-entropy of [n, classes] logits against one-hot targets. Its gradient, (softmax − target) / n, is
 * taken in closed form: fewer kernels than the composed operation, and stable for large logits.
 */
export function softmaxCrossEntropy(tf: Tf, logits: tfc.Tensor2D, targets: tfc.Tensor2D): tfc.Scalar {
  const op = tf.customGrad((scores: unknown, save: unknown) => {
    const x = scores as tfc.Tensor2D;
    const [losses, error] =
      trainingKernel(tf, "TrainingSoftmaxCrossEntropy", { logits: x, targets }, {}) ?? composed(tf, x, targets);
    (save as (tensors: tfc.Tensor[]) => void)([error!]);
    return {
      value: tf.mean(losses!) as tfc.Scalar,
      gradFunc: (dy: tfc.Tensor, saved: tfc.Tensor[]) => tf.mul(saved[0]!, tf.div(dy, x.shape[0])),
    };
  });
  return op(logits) as tfc.Scalar;
}

/** The loss of each row, and softmax − target. */
function composed(tf: Tf, logits: tfc.Tensor2D, targets: tfc.Tensor2D): tfc.Tensor[] {
  const logProbabilities = tf.logSoftmax(logits);
  const losses = tf.neg(tf.sum(tf.mul(logProbabilities, targets), -1));
  return [losses, tf.sub(tf.exp(logProbabilities), targets)];
}

/** Returns the mean over all values of ½e² up to |e| = δ, δ(|e| − ½δ) beyond. */
export function huberLoss(tf: Tf, outputs: tfc.Tensor, targets: tfc.Tensor, delta = 1): tfc.Scalar {
  const error = tf.abs(tf.sub(outputs, targets));
  const inner = tf.minimum(error, delta);
  const outer = tf.sub(error, inner);
  return tf.mean(tf.add(tf.mul(tf.square(inner), 0.5), delta === 1 ? outer : tf.mul(outer, delta))) as tfc.Scalar;
}

/** Returns the mean over all values of the squared error. */
export function meanSquaredError(tf: Tf, outputs: tfc.Tensor, targets: tfc.Tensor): tfc.Scalar {
  return tf.mean(tf.squaredDifference(outputs, targets)) as tfc.Scalar;
}
