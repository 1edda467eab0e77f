/**
 * Returns the quantiles of some values, each on the line between the order statistics around it (Hyndman and Fan's type
 * 7, the usual one). Values that are not finite are left out; NaN when none is left.
 */
export function quantilesOf(values: readonly number[], quantiles: readonly number[]): number[] {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  return quantiles.map((quantile) => {
    if (!(quantile >= 0 && quantile <= 1)) throw new RangeError(`a quantile lies between 0 and 1; got ${quantile}`);
    const at = quantile * (sorted.length - 1);
    const low = sorted[Math.floor(at)] ?? Number.NaN;
    return low + ((sorted[Math.ceil(at)] ?? Number.NaN) - low) * (at % 1);
  });
}
