import type * as tfc from "@tensorflow/tfjs-core";
import type { Tf } from "../optimizer.ts";

/** Returns gradient + decay · weight; the gradient itself when decay is 0. */
export function decayed(tf: Tf, gradient: tfc.Tensor, weight: tfc.Tensor, decay: number): tfc.Tensor {
  return decay === 0 ? gradient : tf.add(gradient, tf.mul(weight, decay));
}
