import type * as tfc from "@tensorflow/tfjs-core";
import type { Direction, DirectionInput, OptimizerState, StartWeight, Tf } from "../optimizer.ts";
import { rateOf } from "./_own-rate.ts";
import { slotOf } from "./_state.ts";

/** z and x start at the weights. */
export function scheduleFreeStart(tf: Tf, weights: readonly StartWeight[]): OptimizerState {
  return Object.fromEntries(
    weights.flatMap(({ name, value }) => [
      [`base/${name}`, tf.clone(value)],
      [`average/${name}`, tf.clone(value)],
    ]),
  );
}

/**
 * Moves z ← z − γ·d, x ← (1 − 1/t)·x + z/t, and returns u with y − γ·u = (1 − β)·z + β·x, the point of the next gradient,
 * which is what the trained weights hold. `d` are the base method's directions at y.
 */
export function scheduleFreeDirection(
  tf: Tf,
  kind: string,
  { state, weights, rates, step }: DirectionInput,
  d: readonly tfc.Tensor[],
  beta: number,
): Direction {
  const next: Record<string, tfc.Tensor> = {};
  const directions = weights.map(({ name, value }, i) => {
    const rate = rateOf(kind, rates, i);
    if (rate === 0) return tf.zerosLike(value);
    const base = tf.sub(slotOf(state, "base", name), tf.mul(d[i]!, rate));
    const average = slotOf(state, "average", name);
    const moved = tf.add(average, tf.mul(tf.sub(base, average), 1 / (step + 1)));
    next[`base/${name}`] = base;
    next[`average/${name}`] = moved;
    const point = tf.add(tf.mul(base, 1 - beta), tf.mul(moved, beta));
    return tf.div(tf.sub(value, point), rate);
  });
  return { directions, state: next };
}

/** The averages x are what the method is judged by. */
export const scheduleFreeAverages = (
  tf: Tf,
  state: OptimizerState,
  weights: readonly { readonly name: string }[],
): tfc.Tensor[] => weights.map(({ name }) => tf.clone(slotOf(state, "average", name)));
