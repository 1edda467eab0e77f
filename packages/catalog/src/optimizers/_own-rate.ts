import type { Optimizer } from "../optimizer.ts";

/** What optimizers support that set their own pace: a constant rate, and nothing that plans or searches one. */
export function ownRate(kind: string): Optimizer["supports"] {
  const reason = `${kind} replaces the schedule; give it the schedule "constant" without warmup and tail`;
  return { scheduled: reason, hypergradient: reason, lineSearch: reason };
}

/** Returns the rate of weight `i`. Throws where the caller plans a rate per parameter or searches one. */
export function rateOf(kind: string, rates: readonly number[] | undefined, i: number): number {
  const rate = rates?.[i];
  if (rate === undefined) throw new Error(ownRate(kind).scheduled as string);
  return rate;
}
