/** The rates of a schedule without training: for forms, documents and checks. */
import { bindSchedule } from "./bind-schedule.ts";
import type { BoundSchedule, Json, Rate, ScheduleContext } from "./schedule.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";
import { asRate, isOpenLoop } from "./schedules/_open-loop.ts";
import { isReactive } from "./schedules/_reactive.ts";

export interface PreviewOptions {
  /** Rates wanted, from step 0. */
  readonly steps: number;
  /** For schedules that react to a metric: metrics[k] is what they see after update k, as training and validation loss. */
  readonly metrics?: ArrayLike<number>;
  /** At most this many buckets instead of every rate. */
  readonly width?: number;
}

/** Columns of equal length, one row a bucket; like the buckets of a recorded series. */
export interface PreviewBuckets {
  /** Last step in the bucket. */
  readonly step: Float64Array;
  readonly last: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly count: Float64Array;
}

export interface SchedulePreview {
  /** True when the rates depend on the training; without a metric trace there is no curve then. */
  readonly reactive: boolean;
  readonly firstRate: number;
  /** Smallest and largest rate of the curve, or that the schedule can reach; null where nothing limits it. */
  readonly range: { readonly min: number; readonly max: number } | null;
  /** Rate of each step, when no width was given. */
  readonly rates: Float64Array | null;
  readonly buckets: PreviewBuckets | null;
}

/** Returns the first group's rate, or where a rate per weight starts. */
function numberOf(rate: Rate): number {
  if (typeof rate === "number") return rate;
  return "perParameter" in rate ? rate.perParameter.initial * rate.perParameter.factor : (rate[0] ?? 0);
}

/** Returns a function that gives the rates of steps 0, 1, 2, … in order. */
function walk(bound: BoundSchedule, metrics: ArrayLike<number>): (step: number) => number {
  const nothing = {};
  let state: Json = bound.start();
  return (step) => {
    const planned = bound.plan(state, step, nothing);
    const applied = numberOf(planned.rate);
    const loss = metrics[step];
    const seen = loss === undefined ? { applied } : { applied, trainLoss: loss, evalLoss: loss };
    state = bound.observe(planned.state, step, seen);
    return applied;
  };
}

function inBuckets(next: (step: number) => number, steps: number, width: number): PreviewBuckets {
  const rows = Math.min(width, steps);
  const column = (): Float64Array => new Float64Array(rows);
  const buckets = { step: column(), last: column(), min: column(), max: column(), mean: column(), count: column() };
  let step = 0;
  for (let row = 0; row < rows; row++) {
    const end = row === rows - 1 ? steps : Math.ceil(((row + 1) * steps) / rows);
    const from = step;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let last = 0;
    for (; step < end; step++) {
      last = next(step);
      sum += last;
      if (last < min) min = last;
      if (last > max) max = last;
    }
    buckets.step[row] = end - 1;
    buckets.last[row] = last;
    buckets.min[row] = min;
    buckets.max[row] = max;
    buckets.mean[row] = sum / (end - from);
    buckets.count[row] = end - from;
  }
  return buckets;
}

const extent = (lows: Float64Array, highs: Float64Array): { min: number; max: number } => ({
  min: lows.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  max: highs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
});

/**
 * Returns the rates of steps 0 to steps − 1, each or in at most `width` buckets; the memory then depends on the width
 * only. A schedule that reacts to a metric needs `metrics` for a curve, which is then at most one step longer; one that
 * reacts to gradients has none. A rate `ofBound` is in multiples of the bound where the
 * context has none. Throws a RangeError for numbers that are not whole and above 0, and what bindSchedule throws.
 */
export function previewSchedule(
  spec: ScheduleSpec,
  context: ScheduleContext,
  { steps, metrics, width }: PreviewOptions,
): SchedulePreview {
  for (const [name, value] of Object.entries({ steps, width: width ?? 1 })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} must be a whole number from 1; got ${value}`);
  }
  // Without a model a rate relative to its bound is shown in multiples of that.
  const bound = bindSchedule(spec, { initialBound: [1], ...context });
  const firstRate = numberOf(bound.plan(bound.start(), 0, {}).rate);
  const reactive = !isOpenLoop(bound);
  if (reactive && !(metrics && isReactive(bound) && bound.metricDecides)) {
    const [min, max] = isReactive(bound) ? bound.range : [0, Number.POSITIVE_INFINITY];
    return { reactive, firstRate, range: Number.isFinite(max) ? { min, max } : null, rates: null, buckets: null };
  }
  const length = reactive && metrics ? Math.min(steps, metrics.length + 1) : steps;
  const curve = isOpenLoop(bound) ? bound.curves[0] : undefined;
  const next = curve ? (step: number) => asRate(curve(step)) : walk(bound, metrics ?? []);
  if (width !== undefined) {
    const buckets = inBuckets(next, length, width);
    return { reactive, firstRate, range: extent(buckets.min, buckets.max), rates: null, buckets };
  }
  const rates = new Float64Array(length);
  for (let step = 0; step < length; step++) rates[step] = next(step);
  return { reactive, firstRate, range: extent(rates, rates), rates, buckets: null };
}
