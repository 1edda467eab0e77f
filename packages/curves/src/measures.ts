/** Single numbers that a curve is judged by. */
import { firstAtLeast } from "./columns.ts";

/**
 * Returns the area under the curve by trapezoids, between its first and last step or within [from, to] where the ends
 * are interpolated. A value that is not finite makes it infinite: a run that diverged has no small area.
 */
export function area(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
): number {
  let sum = 0;
  for (let i = 1; i < steps.length; i++) {
    const [a, b] = [steps[i - 1]!, steps[i]!];
    const [left, right] = [Math.max(a, from), Math.min(b, to)];
    if (left >= right) continue;
    const slope = (values[i]! - values[i - 1]!) / (b - a);
    const at = (step: number): number => values[i - 1]! + slope * (step - a);
    const piece = 0.5 * (at(left) + at(right)) * (right - left);
    if (!Number.isFinite(piece)) return Number.POSITIVE_INFINITY;
    sum += piece;
  }
  return sum;
}

/** Returns the first step whose value is at most `target` (at least, for mode max), or null. */
export function stepsToTarget(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  target: number,
  mode: "min" | "max" = "min",
): number | null {
  for (let i = 0; i < values.length; i++) {
    if (mode === "min" ? values[i]! <= target : values[i]! >= target) return steps[i]!;
  }
  return null;
}

/** How a value between two points is found. */
export type Between = "linear" | "previous";

/**
 * Returns the curve's values at the places of `grid`: on the line between the points around it, or of the point before
 * it. NaN before the first point and after the last.
 */
export function onGrid(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  grid: ArrayLike<number>,
  between: Between = "linear",
): Float64Array {
  const last = steps.length - 1;
  return Float64Array.from(grid, (place) => {
    if (last < 0 || place < steps[0]! || place > steps[last]!) return Number.NaN;
    const after = firstAtLeast(steps, place);
    if (steps[after] === place) return values[after]!;
    const before = values[after - 1]!;
    if (between === "previous") return before;
    const part = (place - steps[after - 1]!) / (steps[after]! - steps[after - 1]!);
    return before + (values[after]! - before) * part;
  });
}
