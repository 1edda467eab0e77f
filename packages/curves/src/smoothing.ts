/**
 * Returns the exponential moving average of a series, weighted by distance in steps and free of the start's bias:
 * a point `span` steps back weighs 1/e of the present one. Values that are not finite stay out of it and are NaN in
 * the result. A span of 0 returns a copy. Unevenly spaced and bucketed series are smoothed alike.
 */
export function smoothed(steps: ArrayLike<number>, values: ArrayLike<number>, span: number): Float64Array {
  if (!(span >= 0)) throw new RangeError(`span must be a number of steps from 0; got ${span}`);
  if (span === 0) return Float64Array.from(values);
  const result = new Float64Array(values.length).fill(Number.NaN);
  let sum = 0;
  let weight = 0;
  let last = steps[0] ?? 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    const kept = Math.exp((last - steps[i]!) / span);
    sum = sum * kept + value;
    weight = weight * kept + 1;
    last = steps[i]!;
    result[i] = sum / weight;
  }
  return result;
}
