import type { PerParameterRule } from "@etude/catalog";

interface AdaptInput {
  /** Adapted rates α of one weight tensor; changed in place. */
  readonly rates: Float64Array;
  readonly weight: Float64Array;
  readonly gradient: Float64Array;
  /** d_{t−1}; undefined before the second update. */
  readonly previous: Float64Array | undefined;
  readonly coupledDecay: number;
}

/**
 * Adapts a rate for every single weight: α ← α + β·g·d (additive) or α ← α·(1 + β′·sign(g·d)) (multiplicative; the
 * cosine of two numbers is their sign), clamped to [min, max]. Nothing changes before the second update or when frozen.
 */
export function adaptRates(rule: PerParameterRule["perParameter"], input: AdaptInput): void {
  const { rates, weight, gradient, previous, coupledDecay } = input;
  const { form, strength, min, max, frozen } = rule;
  if (!previous || frozen === true) return;
  const additive = form === "additive";
  for (let j = 0; j < rates.length; j++) {
    const agreement = (gradient[j]! + coupledDecay * weight[j]!) * previous[j]!;
    const rate = additive ? rates[j]! + strength * agreement : rates[j]! * (1 + strength * Math.sign(agreement));
    rates[j] = Math.min(max, Math.max(min, rate));
  }
}
