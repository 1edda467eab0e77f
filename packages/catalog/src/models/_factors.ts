import type * as tfc from "@tensorflow/tfjs-core";
import type { Weight } from "../model.ts";
import type { Tf } from "../optimizer.ts";
import { randomStream } from "../random.ts";

/** Returns a factor with entries scale · (0.5 + U[0, 1)). */
export function startFactor(
  tf: Tf,
  name: "w" | "h",
  shape: readonly [number, number],
  scale: number,
  seed: number,
): Weight {
  const random = randomStream(seed, `init/${name}`);
  const values = Float32Array.from({ length: shape[0] * shape[1] }, () => scale * (0.5 + random.uniform()));
  const start = tf.tensor2d(values, [...shape]);
  const variable = tf.variable(start);
  start.dispose();
  return { name, group: name, variable };
}

interface GradientChange {
  readonly gradientScale: number;
  /** Standard deviation of noise per entry. */
  readonly noise: number;
  readonly seed: number;
  readonly name: string;
  readonly step: number;
}

/** Returns the factor unchanged; its gradient is scaled and gets seeded normal noise, the same for the same step. */
export function factorGradients(tf: Tf, factor: tfc.Tensor2D, change: GradientChange): tfc.Tensor2D {
  const { gradientScale, noise, seed, name, step } = change;
  const op = tf.customGrad((x: unknown) => {
    const value = tf.clone(x as tfc.Tensor2D);
    const gradFunc = (dy: tfc.Tensor): tfc.Tensor => {
      const scaled = gradientScale === 1 ? dy : tf.mul(dy, gradientScale);
      if (noise === 0) return scaled;
      const random = randomStream(seed, `noise/${name}`, step);
      const values = Float32Array.from({ length: dy.size }, () => noise * random.normal());
      return tf.add(scaled, tf.tensor(values, dy.shape, "float32"));
    };
    return { value, gradFunc };
  });
  return op(factor) as tfc.Tensor2D;
}
