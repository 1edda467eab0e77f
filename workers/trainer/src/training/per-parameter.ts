import type { PerParameterRule, Tf, Weight } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";

type Rule = PerParameterRule["perParameter"];

/** Rates of one update with a rate per weight. */
export interface ParameterRates {
  /** The adapted rates α, clamped; they are what a checkpoint stores. */
  readonly adapted: tfc.Tensor[];
  /** factor · α, cut at the bound: what the update uses. Disposed by the caller, like `adapted`. */
  readonly applied: tfc.Tensor[];
}

interface AdaptInput {
  /** Null before the first update. */
  readonly rates: readonly tfc.Tensor[] | null;
  readonly weights: readonly Weight[];
  readonly gradients: readonly tfc.Tensor[];
  /** d_{t−1}; null before the second update. */
  readonly previous: readonly tfc.Tensor[] | null;
  readonly coupledDecay: number;
  /** One a weight. */
  readonly bounds: readonly number[] | undefined;
}

/**
 * Adapts a rate for every single weight: α ← α + β·g·d (additive) or α ← α·(1 + β′·sign(g·d)) (multiplicative; the
 * cosine of two numbers is their sign), clamped to [min, max]. Nothing changes before the second update or when frozen.
 */
export function adaptRates(tf: Tf, rule: Rule, input: AdaptInput): ParameterRates {
  const { rates, weights, gradients, previous, coupledDecay, bounds } = input;
  const { initial, form, strength, min, max, factor, frozen } = rule;
  const pairs = tf.tidy(() =>
    weights.map(({ variable }, i) => {
      let rate = rates?.[i] ?? tf.fill(variable.shape, initial);
      if (previous && frozen !== true) {
        const gradient = coupledDecay === 0 ? gradients[i]! : tf.add(gradients[i]!, tf.mul(variable, coupledDecay));
        const agreement = tf.mul(gradient, previous[i]!);
        rate =
          form === "additive"
            ? tf.add(rate, tf.mul(agreement, strength))
            : tf.mul(rate, tf.add(tf.mul(tf.sign(agreement), strength), 1));
        rate = tf.clipByValue(rate, min, max);
      } else {
        rate = tf.clone(rate);
      }
      const scaled = tf.mul(rate, factor);
      return [rate, bounds ? tf.minimum(scaled, bounds[i]!) : scaled] as [tfc.Tensor, tfc.Tensor];
    }),
  );
  return { adapted: pairs.map(([rate]) => rate), applied: pairs.map(([, applied]) => applied) };
}

/** Smallest, middle, largest and mean of many rates. */
export interface RateSpread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly mean: number;
}

/** Returns the spread of the rates of all weights; the median of an even count is the lower middle one. */
export function spreadOf(parts: readonly Float32Array[]): RateSpread {
  const all = new Float32Array(parts.reduce((count, part) => count + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of all) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return { min, median: select(all, (all.length - 1) >> 1), max, mean: sum / all.length };
}

/** Hoare's quickselect: the k-th smallest value, in linear time on average. Reorders `values`. */
function select(values: Float32Array, k: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const held = values[i]!;
        values[i++] = values[j]!;
        values[j--] = held;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k]!;
}
