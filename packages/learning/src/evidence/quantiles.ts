/**
 * Returns the smallest value that at least the part `p` of the values does not exceed (percentile_disc of SQL). Always
 * one of the values, so that it goes along with any increasing transform of them; null of nothing.
 */
export function quantileOf(values: readonly number[], p: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? null;
}

/** Returns the lower median. */
export const medianOf = (values: readonly number[]): number | null => quantileOf(values, 0.5);

/** Returns the mean, summed in ascending order so that the order of the values does not matter; null of nothing. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0) / values.length;
