/** What a trial tells on its way, and when two trials may be compared at all. */

export interface Observation {
  /** Updates made. */
  readonly step: number;
  /** The loss there; Infinity when diverged. */
  readonly value: number;
  /**
   * How far the rate has come down from its peak: 0 hot, 1 cooled. A decayed run looks good beside one that is hot, and
   * loses to it once both have cooled.
   */
  readonly cooled: number;
  /** What the trial is expected to end at: extrapolated by a loss law, or measured after a short cooldown. */
  readonly final?: number;
}

/** Stages of a cooldown closer than this are equal. */
const sameStage = 0.1;

/** Returns how far the rate has cooled after each update, 1 − rate / the highest rate so far. */
export function cooledStages(rates: ArrayLike<number>): number[] {
  let peak = 0;
  return Array.from(rates, (rate) => {
    peak = Math.max(peak, rate);
    return peak === 0 ? 0 : 1 - rate / peak;
  });
}

/** Returns both numbers to compare at the same step: expected finals where both have one, else losses of equal stage. */
export function comparable(mine: Observation, other: Observation): readonly [number, number] | undefined {
  if (mine.final !== undefined && other.final !== undefined) return [mine.final, other.final];
  // A divergence needs no cooldown to be seen.
  if (mine.value === Infinity || other.value === Infinity) return [mine.value, other.value];
  return Math.abs(mine.cooled - other.cooled) <= sameStage ? [mine.value, other.value] : undefined;
}
