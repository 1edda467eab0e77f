/** Summary of a stretch of a series. Minimum, maximum, sum and area are over finite values. */
export interface Summary {
  readonly n: number;
  readonly firstStep: number | null;
  readonly lastStep: number | null;
  /** As it is: may be NaN or infinite. */
  readonly last: number | null;
  readonly min: number | null;
  readonly minStep: number | null;
  readonly max: number | null;
  readonly maxStep: number | null;
  readonly sum: number;
  /** Trapezoids between neighbouring finite points, value × step; the one into the first point belongs here too. */
  readonly area: number;
  readonly nonFinite: number;
}

export interface Point {
  readonly step: number;
  readonly value: number;
}

export const emptySummary: Summary = {
  n: 0,
  firstStep: null,
  lastStep: null,
  last: null,
  min: null,
  minStep: null,
  max: null,
  maxStep: null,
  sum: 0,
  area: 0,
  nonFinite: 0,
};

/** The summary of points that follow `previous`. */
export function summarise(steps: ArrayLike<number>, values: ArrayLike<number>, previous: Point | null): Summary {
  const n = values.length;
  if (n === 0) return emptySummary;
  let [sum, area, nonFinite] = [0, 0, 0];
  let [min, max] = [Infinity, -Infinity];
  let [minStep, maxStep] = [0, 0];
  let before = previous;
  for (let i = 0; i < n; i += 1) {
    const [step, value] = [steps[i] as number, values[i] as number];
    if (Number.isFinite(value)) {
      sum += value;
      if (value < min) [min, minStep] = [value, step];
      if (value > max) [max, maxStep] = [value, step];
      if (before && Number.isFinite(before.value)) area += ((value + before.value) / 2) * (step - before.step);
    } else nonFinite += 1;
    before = { step, value };
  }
  const finite = nonFinite < n;
  return {
    n,
    firstStep: steps[0] as number,
    lastStep: steps[n - 1] as number,
    last: values[n - 1] as number,
    min: finite ? min : null,
    minStep: finite ? minStep : null,
    max: finite ? max : null,
    maxStep: finite ? maxStep : null,
    sum,
    area,
    nonFinite,
  };
}

/** The summary of `a` followed by `b`. Always folded chunk by chunk from the left, so that a resumed run's sums are bit-equal. */
export function fold(a: Summary, b: Summary): Summary {
  if (b.n === 0) return a;
  if (a.n === 0) return b;
  const lower = b.min !== null && (a.min === null || b.min < a.min);
  const higher = b.max !== null && (a.max === null || b.max > a.max);
  return {
    n: a.n + b.n,
    firstStep: a.firstStep,
    lastStep: b.lastStep,
    last: b.last,
    min: lower ? b.min : a.min,
    minStep: lower ? b.minStep : a.minStep,
    max: higher ? b.max : a.max,
    maxStep: higher ? b.maxStep : a.maxStep,
    sum: a.sum + b.sum,
    area: a.area + b.area,
    nonFinite: a.nonFinite + b.nonFinite,
  };
}
