import { type BuiltModel, descendAll, type Tf, type Weight } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";

/** Weights that are updated together: all of a joint model, one group of an alternating one. */
export interface Part {
  readonly weights: readonly Weight[];
  /** Positions of the weights in the model's list. */
  readonly indices: readonly number[];
  readonly groups: readonly string[];
}

/** Returns the parts of one update, in order. */
export function partsOf({ update, weights, groups }: BuiltModel): Part[] {
  const part = (members: readonly string[]): Part => {
    const indices = weights.flatMap(({ group }, i) => (members.includes(group) ? [i] : []));
    return { weights: indices.map((i) => weights[i]!), indices, groups: members };
  };
  return update === "joint" ? [part(groups)] : groups.map((group) => part([group]));
}

/** A rate for each weight of a part: a number, or a tensor of its shape. */
export type WeightRates = readonly (number | tfc.Tensor)[];

/** Returns project(w − rate · u) for each weight, starting from `from`. */
export function candidates(
  tf: Tf,
  model: BuiltModel,
  { indices }: Part,
  from: readonly tfc.Tensor[],
  directions: readonly tfc.Tensor[],
  rates: WeightRates,
): tfc.Tensor[] {
  return tf.tidy(() => {
    const moved = rates.every((rate) => typeof rate === "number")
      ? descendAll(tf, from, directions, rates)
      : from.map((weight, i) => tf.sub(weight, tf.mul(directions[i]!, rates[i]!)));
    return model.project ? moved.map((candidate, i) => model.project!(indices[i]!, candidate, from[i]!)) : moved;
  });
}

/** Makes the candidates the weights' values and frees them as tensors of their own. */
export function assign({ weights }: Part, values: readonly tfc.Tensor[]): void {
  weights.forEach(({ variable }, i) => {
    variable.assign(values[i]!);
    values[i]!.dispose();
  });
}
