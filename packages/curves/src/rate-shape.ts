/** The shape of a run's learning rate as a few numbers, and how far two shapes are apart. */
import { onGrid } from "./measures.ts";

/** Rates below this part of the highest one count as this part: a schedule that ends at 0 has a finite logarithm. */
const lowestPart = 1e-6;

/**
 * Returns log10 of the rate at `places` evenly spaced places from the first to the last step, each the rate that was in
 * force there. Undefined without a positive rate.
 */
export function rateShape(
  steps: ArrayLike<number>,
  rates: ArrayLike<number>,
  places: number,
): Float32Array | undefined {
  const [first, last] = [steps[0] ?? 0, steps[steps.length - 1] ?? 0];
  const grid = Float64Array.from({ length: places }, (_, i) => first + ((last - first) * i) / (places - 1));
  if (places > 1) grid[places - 1] = last;
  const sampled = onGrid(steps, rates, grid, "previous");
  const positive = sampled.filter((rate) => rate > 0 && Number.isFinite(rate));
  if (positive.length === 0) return undefined;
  const peak = positive.reduce((a, b) => Math.max(a, b));
  return Float32Array.from(sampled, (rate) =>
    Math.log10(Number.isFinite(rate) ? Math.max(rate, peak * lowestPart) : peak),
  );
}

/** How far one shape is from another, and why. */
export interface ShapeDistance {
  /** Root mean square of the difference, in decades. */
  readonly distance: number;
  /** Mean difference in decades: log10 of how many times higher the first one's rates are. */
  readonly offset: number;
  /** The distance without the offset. */
  readonly shapeDistance: number;
  /** The place of the largest difference (without the offset when `scaleFree`), and the difference there in decades. */
  readonly farthest: { readonly place: number; readonly difference: number };
}

/** Returns the distance of `a` from `b`, which are of one length. */
export function shapeDistance(a: ArrayLike<number>, b: ArrayLike<number>, scaleFree: boolean): ShapeDistance {
  const n = a.length;
  if (n !== b.length || n === 0) throw new RangeError(`shapes must be of one length from 1; got ${n} and ${b.length}`);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference;
    squares += difference * difference;
  }
  const offset = sum / n;
  const taken = scaleFree ? offset : 0;
  let place = 0;
  for (let i = 1; i < n; i++) if (Math.abs(a[i]! - b[i]! - taken) > Math.abs(a[place]! - b[place]! - taken)) place = i;
  return {
    distance: Math.sqrt(squares / n),
    offset,
    // Rounding may leave less than nothing.
    shapeDistance: Math.sqrt(Math.max(0, squares / n - offset * offset)),
    farthest: { place, difference: a[place]! - b[place]! },
  };
}
