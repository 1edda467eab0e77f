/** Buckets of a series: many points folded into few without hiding a spike. */

/** Columns of equal length, one row a bucket. */
export interface Buckets {
  /** Last step in the bucket. */
  readonly step: Float64Array;
  /** Value at that step; may be NaN or infinite. */
  readonly last: Float64Array;
  /** Over finite values; NaN where a bucket has none. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  /** All points, finite or not. */
  readonly count: Float64Array;
}

/**
 * Returns at most `width` buckets of equal spans of steps; spans without points make no bucket. Steps must increase.
 * Throws a RangeError when the columns differ in length or `width` is not a whole number from 1.
 */
export function bucketise(steps: ArrayLike<number>, values: ArrayLike<number>, width: number): Buckets {
  if (steps.length !== values.length) {
    throw new RangeError(`steps and values must be of one length; got ${steps.length} and ${values.length}`);
  }
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`width must be a whole number from 1; got ${width}`);
  const total = steps.length;
  const rows = Math.min(width, total);
  const column = (): Float64Array => new Float64Array(rows);
  const columns = { step: column(), last: column(), min: column(), max: column(), mean: column(), count: column() };
  if (total === 0) return columns;
  const first = steps[0]!;
  // The last step belongs to the last bucket, hence the span is one larger than the distance.
  const perStep = width / (steps[total - 1]! - first + 1);
  let row = -1;
  let bucket = -1;
  let [sum, finite, count, low, high] = [0, 0, 0, Number.NaN, Number.NaN];
  // Columns are written once a bucket: a write a point costs more than the rest of the loop.
  const close = (end: number): void => {
    columns.step[row] = steps[end]!;
    columns.last[row] = values[end]!;
    columns.min[row] = low;
    columns.max[row] = high;
    columns.mean[row] = sum / finite;
    columns.count[row] = count;
  };
  for (let i = 0; i < total; i++) {
    const value = values[i]!;
    const at = Math.floor((steps[i]! - first) * perStep);
    if (at !== bucket) {
      if (row >= 0) close(i - 1);
      bucket = at;
      row++;
      sum = 0;
      finite = 0;
      count = 0;
      low = Number.NaN;
      high = Number.NaN;
    }
    count++;
    if (!Number.isFinite(value)) continue;
    sum += value;
    finite++;
    if (!(value >= low)) low = value;
    if (!(value <= high)) high = value;
  }
  close(total - 1);
  const cut = (data: Float64Array): Float64Array => data.slice(0, row + 1);
  return {
    step: cut(columns.step),
    last: cut(columns.last),
    min: cut(columns.min),
    max: cut(columns.max),
    mean: cut(columns.mean),
    count: cut(columns.count),
  };
}
