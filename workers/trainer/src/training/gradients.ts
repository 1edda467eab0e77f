import type { Batch, BuiltModel, Pass, Tf, Weight } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";

/** What one forward and backward pass gives; the caller disposes all of it. */
export interface Differentiated {
  readonly loss: tfc.Scalar;
  readonly outputs: tfc.Tensor | undefined;
  /** One a weight, in the order asked for. */
  readonly gradients: readonly tfc.Tensor[];
}

/** Returns the loss of the batch and its gradients with respect to `weights`. */
export function differentiate(
  tf: Tf,
  model: BuiltModel,
  batch: Batch,
  pass: Pass,
  weights: readonly Weight[],
): Differentiated {
  let outputs: tfc.Tensor | undefined;
  const { value, grads } = tf.variableGrads(
    () => {
      const forward = model.forward(batch, pass);
      if (forward.outputs) outputs = tf.keep(forward.outputs);
      return forward.loss;
    },
    weights.map(({ variable }) => variable),
  );
  const gradients = weights.map(({ name, variable }) => {
    const gradient = grads[variable.name];
    if (!gradient) throw new Error(`the loss does not depend on the weight "${name}"`);
    return gradient;
  });
  return { loss: value, outputs, gradients };
}

/** Returns the training loss of the batch alone: the same step draws the same dropout mask as the gradient did. */
export function lossOnly(tf: Tf, model: BuiltModel, batch: Batch, pass: Pass): tfc.Scalar {
  return tf.tidy(() => model.forward(batch, pass).loss);
}
