import { type Curve, emptyCurve, valueAt } from "./curve.ts";

/**
 * The mean of several runs' curves, with their least and greatest value as its band. It stands at the steps of the first
 * curve and ends where the shortest one does, so that no run drops out midway; a run without a value at a step counts with
 * its last one before. Curves without points are left out.
 */
export function averageCurves(curves: readonly Curve[]): Curve {
  const present = curves.filter((curve) => curve.steps.length > 0);
  const [first, ...others] = present;
  if (!first) return emptyCurve;
  if (others.length === 0) return first;
  const end = Math.min(...present.map((curve) => curve.steps.at(-1)!));
  const begin = Math.max(...present.map((curve) => curve.steps[0]!));
  const steps = first.steps.filter((step) => step >= begin && step <= end);
  const column = (): Float64Array => new Float64Array(steps.length);
  const out = { steps, values: column(), min: column(), max: column() };
  for (const [i, step] of steps.entries()) {
    const here = present.map((curve) => valueAt(curve, step)!);
    out.values[i] = here.reduce((sum, value) => sum + value, 0) / here.length;
    out.min[i] = Math.min(...here);
    out.max[i] = Math.max(...here);
  }
  return { ...out, mean: out.values, exact: false };
}

/** Mean and standard deviation (n − 1) of some numbers; undefined without any, and no deviation for one. */
export function meanAndDeviation(
  values: readonly number[],
): { mean: number; deviation: number | undefined } | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, deviation: undefined };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (n - 1)) };
}
