import { bandOf, onGrid } from "@etude/curves";
import { type Curve, emptyCurve } from "./curve.ts";

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
  const begin = Math.max(...present.map(({ steps }) => steps[0]!));
  const end = Math.min(...present.map(({ steps }) => steps.at(-1)!));
  const steps = first.steps.filter((step) => step >= begin && step <= end);
  const { mean, min, max } = bandOf(present.map((curve) => onGrid(curve.steps, curve.values, steps, "previous")));
  return { steps, values: mean, mean, min, max, exact: false };
}

/** Mean and sample standard deviation of some numbers; undefined without any, and no deviation for one. */
export function meanAndDeviation(
  values: readonly number[],
): { readonly mean: number; readonly deviation: number | undefined } | undefined {
  if (values.length === 0) return undefined;
  const { mean, deviation } = bandOf(values.map((value) => [value]));
  return { mean: mean[0]!, deviation: values.length > 1 ? deviation[0] : undefined };
}
