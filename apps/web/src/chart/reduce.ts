import { type Curve, sliceCurve } from "./curve.ts";

/**
 * Folds the part of a curve within the steps [from, to] into at most `width` buckets of equal length, plus one point
 * beyond either end. Returned as it is (sharing memory) when it has at most twice as many points as there are buckets.
 * The mean of buckets is weighted by the steps that each covers.
 */
export function reduceCurve(curve: Curve, from: number, to: number, width: number): Curve {
  const part = sliceCurve(curve, from, to);
  if (part.steps.length <= 2 * width + 2 || !(to > from)) return part;
  const size = (to - from) / width;
  const column = (): Float64Array => new Float64Array(width + 2);
  const out = { steps: column(), values: column(), min: column(), max: column(), mean: column() };
  const weight = column();
  let at = -1;
  let bucket = Number.NaN;
  for (let i = 0; i < part.steps.length; i += 1) {
    const step = part.steps[i]!;
    const mine = step < from ? -1 : step > to ? width : Math.min(width - 1, Math.floor((step - from) / size));
    if (mine !== bucket) {
      bucket = mine;
      at += 1;
      out.min[at] = Number.NaN;
      out.max[at] = Number.NaN;
    }
    out.steps[at] = step;
    out.values[at] = part.values[i]!;
    const low = part.min[i]!;
    const high = part.max[i]!;
    const mean = part.mean[i]!;
    if (Number.isFinite(low) && !(low >= out.min[at]!)) out.min[at] = low;
    if (Number.isFinite(high) && !(high <= out.max[at]!)) out.max[at] = high;
    if (Number.isFinite(mean)) {
      // What the first point covers is not known: as much as the next.
      const covered = part.steps[Math.max(1, i)]! - part.steps[Math.max(1, i) - 1]!;
      out.mean[at]! += mean * covered;
      weight[at]! += covered;
    }
  }
  for (let i = 0; i <= at; i += 1) out.mean[i] = weight[i]! > 0 ? out.mean[i]! / weight[i]! : Number.NaN;
  const used = (data: Float64Array): Float64Array => data.subarray(0, at + 1);
  return {
    steps: used(out.steps),
    values: used(out.values),
    min: used(out.min),
    max: used(out.max),
    mean: used(out.mean),
    exact: false,
  };
}
