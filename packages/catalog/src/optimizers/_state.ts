import type * as tfc from "@tensorflow/tfjs-core";
import type { OptimizerState, Tf, WeightInfo } from "../optimizer.ts";

/** Returns one zero tensor a weight and slot, named `<slot>/<weight>`. */
export function zeroState(tf: Tf, slots: readonly string[], weights: readonly WeightInfo[]): OptimizerState {
  const state: Record<string, tfc.Tensor> = {};
  for (const slot of slots) {
    for (const { name, shape } of weights) state[`${slot}/${name}`] = tf.zeros([...shape]);
  }
  return state;
}

/** Returns the state tensor of a slot and weight; throws when a checkpoint of another optimizer was loaded. */
export function slotOf(state: OptimizerState, slot: string, weight: string): tfc.Tensor {
  const tensor = state[`${slot}/${weight}`];
  if (!tensor) throw new Error(`the optimizer's state lacks "${slot}/${weight}"`);
  return tensor;
}

/** Why a line search is refused: along momentum the loss need not fall, however short the step. */
export const noDescent = (kind: string): string =>
  `a line search needs a direction along which the loss falls, and that of ${kind} is not always one; use sgd, rmsprop or adagrad`;
