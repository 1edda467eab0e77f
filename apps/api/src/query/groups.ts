import type { RunId } from "@etude/contracts";
import { alignTo, type Band, bandOf, type Curve, gridOver, quantilesOf } from "@etude/curves";
import type { QueriedCurve } from "./result.ts";
import type { SelectedRun } from "./select-runs.ts";

export interface Group {
  readonly key: string;
  readonly by: readonly { readonly select: string; readonly value: unknown }[];
  readonly runIds: readonly RunId[];
  readonly mode: "exact" | "bucketed";
  readonly x: Float64Array;
  readonly band: Band;
  readonly quantiles: readonly { readonly quantile: number; readonly values: Float64Array }[];
}

/** The part of a curve whose place on the axis is known. */
function curveOf({ columns, x }: QueriedCurve): Curve {
  const exact = columns.mode === "exact";
  const places = x ?? (exact ? columns.points.steps : columns.buckets.step);
  const end = places.findIndex(Number.isNaN);
  const cut = (column: Float64Array): Float64Array => (end < 0 ? column : column.subarray(0, end));
  if (exact) {
    const values = cut(columns.points.values);
    return { x: cut(places), value: values, min: values, max: values };
  }
  const { mean, min, max } = columns.buckets;
  return { x: cut(places), value: cut(mean), min: cut(min), max: cut(max) };
}

function groupOf(curves: readonly QueriedCurve[], places: number, quantiles: readonly number[]) {
  const all = curves.map(curveOf);
  const x = gridOver(all, places);
  const aligned = all.map((curve) => alignTo(curve, x));
  const band = bandOf(aligned.map(({ value }) => value));
  const columns = quantiles.map((quantile) => ({ quantile, values: new Float64Array(x.length) }));
  const [min, max] = [band.min.slice(), band.max.slice()];
  for (let place = 0; place < x.length; place += 1) {
    const here = aligned.map(({ value }) => value[place] as number);
    for (const [i, value] of quantilesOf(here, quantiles).entries())
      (columns[i] as { values: Float64Array }).values[place] = value;
    for (const one of aligned) {
      // Between two places a curve may have been lower or higher than at either.
      if ((one.min[place] as number) < (min[place] as number)) min[place] = one.min[place] as number;
      if ((one.max[place] as number) > (max[place] as number)) max[place] = one.max[place] as number;
    }
  }
  const mode = curves.every(({ columns: { mode } }) => mode === "exact") ? ("exact" as const) : ("bucketed" as const);
  return { mode, x, band: { ...band, min, max }, quantiles: columns };
}

/** The curves of one key whose runs agree in the values they are grouped by, brought together on one grid. */
export function groupCurves(
  curves: readonly QueriedCurve[],
  runs: readonly SelectedRun[],
  { by, places, quantiles }: { by: readonly string[]; places: number; quantiles: readonly number[] },
): Group[] {
  const values = new Map<string, readonly unknown[]>(runs.map((run) => [run.id, run.by]));
  const together = new Map<string, QueriedCurve[]>();
  for (const curve of curves) {
    const name = JSON.stringify([curve.columns.key, values.get(curve.columns.runId)]);
    together.set(name, [...(together.get(name) ?? []), curve]);
  }
  return [...together.values()].map((some) => {
    const { key, runId } = (some[0] as QueriedCurve).columns;
    return {
      key,
      by: by.map((select, i) => ({ select, value: values.get(runId)?.[i] ?? null })),
      runIds: some.map(({ columns }) => columns.runId as RunId),
      ...groupOf(some, places, quantiles),
    };
  });
}
