import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { Tfjs } from "../types.ts";
import { hasKernel, runKernel } from "./run.ts";

/** tfjs types the function given to customGrad by rest parameters that no signature fits; this is what it gets. */
type CustomGrad = (...inputsAndSave: unknown[]) => {
  value: Tensor;
  gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[];
};
type Save = (tensors: Tensor[]) => void;

function withGradient(tf: Tfjs, define: CustomGrad): (...inputs: Tensor[]) => Tensor {
  return tf.customGrad(define as Parameters<Tfjs["customGrad"]>[0]);
}

/**
 * Returns the mean over all rows of the cross-entropy Σ t · (log Σ eˣ − x) of logits x against targets t. On wasm value
 * and gradient come from one pass; elsewhere it is composed from `logSoftmax`. First derivatives only.
 *
 * @param logits `[..., classes]`, float32.
 * @param targets A distribution of the same shape, such as one-hot rows, float32; or class numbers `[...]`, int32.
 * No gradient flows to them.
 * @throws When the shapes do not fit.
 */
export function softmaxCrossEntropy(tf: Tfjs, logits: Tensor, targets: Tensor): Scalar {
  return tf.tidy(() => {
    const classes = logits.shape.at(-1) ?? 1;
    const byNumber = targets.dtype === "int32" && targets.rank === logits.rank - 1;
    // Not oneHot's own dtype argument: the wasm kernel writes integers' bits under a float32 label.
    const distribution = byNumber ? tf.cast(tf.oneHot(targets, classes), "float32") : targets;
    if (distribution.dtype !== "float32" || distribution.shape.join() !== logits.shape.join()) {
      throw new Error(
        `softmaxCrossEntropy: targets are ${targets.dtype} [${targets.shape.join(", ")}], must be float32 ` +
          `[${logits.shape.join(", ")}] or int32 [${logits.shape.slice(0, -1).join(", ")}]`,
      );
    }
    if (!hasKernel(tf, "TrainingSoftmaxCrossEntropy")) {
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), distribution), -1))) as Scalar;
    }
    const rows = Math.max(1, logits.size / classes);
    const loss = withGradient(tf, (x, save) => {
      const inputs = { logits: x as Tensor, targets: distribution };
      const [losses, gradient] = runKernel(tf, "TrainingSoftmaxCrossEntropy", inputs, {});
      (save as Save)([gradient!]);
      return { value: tf.mean(losses!), gradFunc: (dy, [saved]) => tf.mul(saved!, tf.div(dy, rows)) };
    });
    return loss(logits) as Scalar;
  });
}

/**
 * Returns (x − mean) / √(variance + ε) · scale + shift over the last axis (arXiv:1607.06450). On wasm two passes forward
 * and two backward; elsewhere composed. First derivatives only.
 *
 * @param x `[..., width]`, float32.
 * @param scale, shift `[width]`, float32.
 */
export function layerNorm(tf: Tfjs, x: Tensor, scale: Tensor1D, shift: Tensor1D, epsilon = 1e-5): Tensor {
  const width = x.shape.at(-1);
  for (const [name, tensor] of Object.entries({ scale, shift })) {
    if (tensor.rank !== 1 || tensor.size !== width) {
      throw new Error(`layerNorm: ${name} has shape [${tensor.shape.join(", ")}], must be [${width}]`);
    }
  }
  if (!hasKernel(tf, "TrainingLayerNorm")) {
    return tf.tidy(() => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon))), scale), shift);
    });
  }
  const norm = withGradient(tf, (...args) => {
    const [input, factor, offset, save] = args as [Tensor, Tensor, Tensor, Save];
    const inputs = { x: input, scale: factor, shift: offset };
    const [y, statistics] = runKernel(tf, "TrainingLayerNorm", inputs, { epsilon });
    save([input, factor, statistics!]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) =>
      runKernel(tf, "TrainingLayerNormGrad", { x: saved[0]!, scale: saved[1]!, statistics: saved[2]!, dy }, {});
    return { value: y!, gradFunc };
  });
  return tf.tidy(() => norm(x, scale, shift));
}

/**
 * Returns x · Φ(x), Φ the normal distribution function (GELU, arXiv:1606.08415, the exact form). On wasm one pass forward
 * and one backward; elsewhere composed from `erf`. First derivatives only.
 */
export function gelu(tf: Tfjs, x: Tensor): Tensor {
  if (!hasKernel(tf, "TrainingGelu")) {
    return tf.tidy(() => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)));
  }
  const activate = withGradient(tf, (input, save) => {
    const inputs = { x: input as Tensor };
    (save as Save)([inputs.x]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => runKernel(tf, "TrainingGeluGrad", { x: saved[0]!, dy }, {})[0]!;
    return { value: runKernel(tf, "TrainingGelu", inputs, {})[0]!, gradFunc };
  });
  return tf.tidy(() => activate(x));
}
