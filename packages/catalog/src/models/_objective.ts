import type * as tfc from "@tensorflow/tfjs-core";
import type { BuiltModel } from "../model.ts";
import type { Tf } from "../optimizer.ts";
import { variable } from "./_layers.ts";

/** A function of one point, f(w), that is minimised; the dataset adds noise to its gradient. */
export interface Objective {
  readonly start: Float32Array;
  /** f at the point at update `step`. */
  value(point: tfc.Tensor1D, step: number): tfc.Scalar;
  /** A factor of the noise at update `step`. */
  noiseScale?(step: number): number;
}

/** Returns the model whose only weight is the point. Its loss on a batch is f(w) + scale · ⟨mean noise, w⟩. */
export function minimised(tf: Tf, { start, value, noiseScale }: Objective): BuiltModel {
  const point = variable(tf, start, [start.length]) as tfc.Variable<tfc.Rank.R1>;
  return {
    weights: [{ name: "point", group: "point", variable: point }],
    groups: ["point"],
    update: "joint",
    forward({ inputs }, { training, step }) {
      const loss = value(point, step);
      if (!training) return { loss };
      const noise = tf.sum(tf.mul(tf.mean(inputs, 0), point));
      const scale = noiseScale?.(step) ?? 1;
      return { loss: tf.add(loss, scale === 1 ? noise : tf.mul(noise, scale)) as tfc.Scalar };
    },
    dispose: () => point.dispose(),
  };
}
