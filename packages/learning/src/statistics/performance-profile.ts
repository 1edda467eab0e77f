export interface PerformanceProfile {
  /** Ratios to the best of each problem where the share rises, from 1. */
  readonly ratios: readonly number[];
  /** Share of the problems within that ratio. */
  readonly shares: readonly number[];
}

/**
 * Returns ρ(τ) of each column: the share of problems (rows) where it is within τ times the best of the row (Dolan and
 * Moré 2002). Values are positive; Infinity (never, diverged) is within no ratio. A row without a finite value counts
 * against all.
 */
export function performanceProfiles(rows: readonly (readonly number[])[]): PerformanceProfile[] {
  const columns = rows[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, column) => {
    const ratios = rows
      .map((row) => row[column]! / Math.min(...row))
      .filter(Number.isFinite)
      .toSorted((a, b) => a - b);
    const steps = [...new Set(ratios)];
    return {
      ratios: steps,
      shares: steps.map((ratio) => ratios.filter((other) => other <= ratio).length / rows.length),
    };
  });
}
