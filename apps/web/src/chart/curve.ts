import { firstAtLeast } from "@etude/curves";

/**
 * One series as a chart draws it: columns of equal length over strictly increasing steps. A point that stands for
 * several steps (a bucket) keeps their least, greatest, mean and last value, so that a spike of one step is drawn however
 * far the chart is zoomed out. `SeriesView` of the SDK is one.
 */
export interface Curve {
  /** Step of the point, or last step of the bucket. */
  readonly steps: Float64Array;
  /** Value at that step. */
  readonly values: Float64Array;
  /** Over finite values; NaN where a bucket has none. When `exact`, these three are `values`. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  /** Every point is one recorded point. */
  readonly exact: boolean;
}

/** A curve of single points over the given columns, which are not copied. */
export function exactCurve(steps: Float64Array, values: Float64Array): Curve {
  return { steps, values, min: values, max: values, mean: values, exact: true };
}

export const emptyCurve: Curve = exactCurve(new Float64Array(0), new Float64Array(0));

/** The last value at or before `step`; undefined when the curve begins later. */
export function valueAt(curve: Curve, step: number): number | undefined {
  const index = firstAtLeast(curve.steps, step);
  return curve.steps[index] === step ? curve.values[index] : curve.values[index - 1];
}

const columnNames = ["steps", "values", "min", "max", "mean"] as const;

/** A curve of the columns that `make` gives; those of an exact curve are shared. */
function makeCurve(exact: boolean, make: (name: (typeof columnNames)[number]) => Float64Array): Curve {
  const steps = make("steps");
  const values = make("values");
  return exact
    ? exactCurve(steps, values)
    : { steps, values, min: make("min"), max: make("max"), mean: make("mean"), exact };
}

/** Points `start` … `end − 1`, sharing memory. */
const cutCurve = (curve: Curve, start: number, end: number): Curve =>
  makeCurve(curve.exact, (name) => curve[name].subarray(start, end));

/** The points of `first` and, after its last step, those of `second`. */
export function joinCurves(first: Curve, second: Curve): Curve {
  const end = first.steps.at(-1);
  const rest =
    end === undefined ? second : cutCurve(second, firstAtLeast(second.steps, end + 0.5), second.steps.length);
  if (rest.steps.length === 0) return first;
  return makeCurve(first.exact && rest.exact, (name) => {
    const column = new Float64Array(first.steps.length + rest.steps.length);
    column.set(first[name]);
    column.set(rest[name], first.steps.length);
    return column;
  });
}

/** The part within the steps [from, to] and one point beyond on either side, so that lines run to the edge. */
export function sliceCurve(curve: Curve, from: number, to: number): Curve {
  const end = firstAtLeast(curve.steps, to);
  return cutCurve(curve, Math.max(0, firstAtLeast(curve.steps, from) - 1), curve.steps[end] === to ? end + 2 : end + 1);
}
