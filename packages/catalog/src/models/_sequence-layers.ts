/** Layers of models that read tokens. */
import type * as tfc from "@tensorflow/tfjs-core";
import type { Weight } from "../model.ts";
import type { Tf } from "../optimizer.ts";
import { randomStream } from "../random.ts";
import { trainingKernel } from "../training-kernels.ts";
import { denseLayer, variable } from "./_layers.ts";

type Gradient = (dy: tfc.Tensor, saved: tfc.Tensor[]) => tfc.Tensor | tfc.Tensor[];
type CustomGrad = (...inputsAndSave: unknown[]) => { value: tfc.Tensor; gradFunc: Gradient };
type Save = (tensors: tfc.Tensor[]) => void;

/** tfjs types the function given to customGrad by rest parameters that no signature fits. */
const withGradient = (tf: Tf, define: CustomGrad): ((...inputs: tfc.Tensor[]) => tfc.Tensor) =>
  tf.customGrad(define as Parameters<Tf["customGrad"]>[0]);

/** Returns a [rows, width] table of normal numbers with mean 0. */
export function table(
  tf: Tf,
  seed: number,
  { group, name }: { readonly group: string; readonly name: string },
  shape: readonly [number, number],
  deviation: number,
): Weight {
  const random = randomStream(seed, `init/${group}/${name}`);
  const values = Float32Array.from({ length: shape[0] * shape[1] }, () => deviation * random.normal());
  return { name: `${group}/${name}`, group, variable: variable(tf, values, shape) };
}

/** Returns scale (ones) and shift (zeros) of a layer norm. */
export function normWeights(tf: Tf, group: string, name: string, width: number): readonly [Weight, Weight] {
  const made = (part: string, value: number): Weight => ({
    name: `${group}/${name}/${part}`,
    group,
    variable: variable(tf, new Float32Array(width).fill(value), [width]),
  });
  return [made("scale", 1), made("shift", 0)];
}

/** Returns rows of a table by token, [tokens.size, width]. */
export function lookUp(tf: Tf, rows: tfc.Tensor, tokens: tfc.Tensor): tfc.Tensor2D {
  return tf.gather(rows, tf.cast(tf.reshape(tokens, [tokens.size]), "int32")) as tfc.Tensor2D;
}

/** Returns (x − mean) / √(variance + ε) · scale + shift over the last axis (arXiv:1607.06450); one pass on wasm. */
export function layerNorm(tf: Tf, x: tfc.Tensor, scale: tfc.Tensor, shift: tfc.Tensor, epsilon = 1e-5): tfc.Tensor {
  if (!hasKernel(tf, "TrainingLayerNorm")) {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon))), scale), shift);
  }
  const norm = withGradient(tf, (...args) => {
    const [input, factor, offset, save] = args as [tfc.Tensor, tfc.Tensor, tfc.Tensor, Save];
    const inputs = { x: input, scale: factor, shift: offset };
    const [y, statistics] = trainingKernel(tf, "TrainingLayerNorm", inputs, { epsilon })!;
    save([input, factor, statistics!]);
    const gradFunc: Gradient = (dy, [saved, by, moments]) =>
      trainingKernel(tf, "TrainingLayerNormGrad", { x: saved!, scale: by!, statistics: moments!, dy }, {})!;
    return { value: y!, gradFunc };
  });
  return norm(x, scale, shift);
}

/** Returns x · Φ(x) (GELU, arXiv:1606.08415, the exact form); one pass on wasm. */
export function gelu(tf: Tf, x: tfc.Tensor): tfc.Tensor {
  if (!hasKernel(tf, "TrainingGelu")) {
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  }
  const activate = withGradient(tf, (input, save) => {
    const inputs = { x: input as tfc.Tensor };
    (save as Save)([inputs.x]);
    const gradFunc: Gradient = (dy, [saved]) => trainingKernel(tf, "TrainingGeluGrad", { x: saved!, dy }, {})![0]!;
    return { value: trainingKernel(tf, "TrainingGelu", inputs, {})![0]!, gradFunc };
  });
  return activate(x);
}

const hasKernel = (tf: Tf, name: string): boolean =>
  // With an unknown name getKernel gives undefined, whatever its declared type.
  (tf.getKernel(name, tf.getBackend()) as object | undefined) !== undefined;

/** Returns the mean over the places of each text that are no padding, [size, width]; zeros for an empty text. */
export function pooled(tf: Tf, x: tfc.Tensor, tokens: tfc.Tensor): tfc.Tensor2D {
  const present = tf.cast(tf.notEqual(tokens, 0), "float32");
  const counts = tf.maximum(tf.sum(present, 1, true), 1);
  return tf.div(tf.sum(tf.mul(x, tf.expandDims(present, -1)), 1), counts) as tfc.Tensor2D;
}

/** Returns x · kernel + bias for [rows, in]. */
export function dense(tf: Tf, x: tfc.Tensor, kernel: Weight, bias: Weight): tfc.Tensor2D {
  return denseLayer(tf, x as tfc.Tensor2D, kernel.variable, bias.variable, false);
}
