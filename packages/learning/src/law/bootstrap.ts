import { randomStream, type Random } from "@etude/catalog";

/** Where a parameter lies in most refits; a wide interval means that predictions do not depend on it by itself. */
export interface ParameterInterval {
  readonly low: number;
  readonly high: number;
  /** False where the interval spans more than a factor of 10. */
  readonly identified: boolean;
}

export const replicates = 60;
const blockRows = 10;
const maxFactor = 10;

/**
 * Returns `replicates` sets of log losses: the fitted ones with residuals drawn anew, in blocks of neighbours of the same
 * curve because neighbours err alike. `curves` holds the fitted log loss and the residual of each row of each curve.
 */
export function resampledLosses(
  curves: readonly { readonly fitted: Float64Array; readonly residual: Float64Array }[],
): Float64Array[][] {
  return Array.from({ length: replicates }, (_, replicate) => {
    const random = randomStream(replicate, "law/bootstrap");
    return curves.map(({ fitted, residual }) => {
      const drawn = inBlocks(residual, random);
      return fitted.map((value, row) => value - drawn[row]!);
    });
  });
}

function inBlocks(values: Float64Array, random: Random): Float64Array {
  let start = 0;
  return values.map((_, row) => {
    if (row % blockRows === 0) start = Math.floor(random.uniform() * values.length);
    return values[(start + (row % blockRows)) % values.length]!;
  });
}

/** Returns the 5th and the 95th percentile of each parameter, widened where the estimate itself lies outside. */
export function intervalsOf<Name extends string>(
  estimate: Readonly<Record<Name, number>>,
  names: readonly Name[],
  refits: readonly Readonly<Record<Name, number>>[],
): Record<Name, ParameterInterval> {
  const of = (name: Name): ParameterInterval => {
    const sorted = refits.map((refit) => refit[name]).sort((a, b) => a - b);
    const low = Math.min(estimate[name], quantile(sorted, 0.05));
    const high = Math.max(estimate[name], quantile(sorted, 0.95));
    return { low, high, identified: high <= maxFactor * low };
  };
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, ParameterInterval>;
}

/** The quantile of sorted numbers, linear between neighbours. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
