import uPlot from "uplot";
import type { Curve } from "./curve.ts";
import { reduceCurve } from "./reduce.ts";
import type { Plot, Range, Trace } from "./types.ts";

/** A trace cut to what is visible, in the units of the x axis. */
export interface Visible {
  readonly trace: Trace;
  readonly curve: Curve;
}

/** True when a trace brings the band of its buckets (max, min) with it, in two more columns. */
export const hasBand = ({ look }: Trace): boolean => look === "raw" || look === "band";

/** Columns that a trace fills. */
export const columnsOf = (trace: Trace): number => (hasBand(trace) ? 3 : 1);

/** Cuts every trace of a plot to the range and folds it to the width in pixels. */
export function visibleTraces(plot: Plot, [from, to]: Range, width: number): Visible[] {
  return plot.traces.map((trace) => {
    const factor = trace.xFactor ?? 1;
    const reduced = reduceCurve(trace.curve(), from / factor, to / factor, Math.max(1, Math.floor(width)));
    if (factor === 1) return { trace, curve: reduced };
    return { trace, curve: { ...reduced, steps: reduced.steps.map((step) => step * factor) } };
  });
}

/**
 * Puts traces on one x column. A step that a trace lacks is undefined (its line runs through); a value that cannot be
 * drawn (not finite; not above zero on a logarithmic scale) is null and breaks the line.
 */
export function alignTraces(visible: readonly Visible[], scale: "linear" | "log"): uPlot.AlignedData {
  const tables = visible.map(({ trace, curve }): uPlot.AlignedData => {
    const steps = Array.from(curve.steps);
    if (!hasBand(trace)) return [steps, column(curve.values, scale)];
    if (curve.exact) return [steps, column(curve.values, scale), nothing(steps), nothing(steps)];
    const main = trace.look === "raw" ? curve.mean : curve.values;
    return [steps, column(main, scale), column(curve.max, scale), column(curve.min, scale)];
  });
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

const column = (values: Float64Array, scale: "linear" | "log"): (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) && (scale === "linear" || value > 0) ? value : null));

const nothing = (steps: readonly number[]): null[] => steps.map(() => null);
