/** Bringing curves of different lengths and grids together. */
import { firstAtLeast } from "./columns.ts";

/** A curve over any axis; `min` and `max` are those of the points that a value stands for, or the values themselves. */
export interface Curve {
  /** Strictly increasing. */
  readonly x: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly min: ArrayLike<number>;
  readonly max: ArrayLike<number>;
}

/** A curve on a grid. Columns are as long as the grid; NaN where the curve is not. */
export interface AlignedCurve {
  readonly value: Float64Array;
  /** Over the finite values since the place before, the value at the place included. */
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** Returns `places` evenly spaced places from the first to the last place of any of the curves; empty without points. */
export function gridOver(curves: readonly Pick<Curve, "x">[], places: number): Float64Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x } of curves) {
    if (x.length === 0) continue;
    low = Math.min(low, x[0]!);
    high = Math.max(high, x[x.length - 1]!);
  }
  if (low > high) return new Float64Array();
  if (low === high) return Float64Array.of(low);
  return Float64Array.from({ length: places }, (_, i) =>
    i === places - 1 ? high : low + ((high - low) * i) / (places - 1),
  );
}

/**
 * Returns a curve's values at the places of an ascending grid, on the line between the points around each (NaN outside
 * the curve), and the extremes of every stretch between two places, so that a spike there is not lost.
 */
export function alignTo({ x, value, min, max }: Curve, grid: ArrayLike<number>): AlignedCurve {
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(grid.length).fill(Number.NaN);
  const aligned = { value: column(), min: column(), max: column() };
  const last = x.length - 1;
  let from = last < 0 ? 0 : firstAtLeast(x, grid[0]!);
  for (let place = 0; place < grid.length; place++) {
    const at = grid[place]!;
    if (last < 0 || at < x[0]!) continue;
    let here = Number.NaN;
    let after = from;
    while (after <= last && x[after]! < at) after++;
    if (after <= last) {
      const [left, right] = [x[after - 1]!, x[after]!];
      here =
        right === at
          ? value[after]!
          : value[after - 1]! + ((value[after]! - value[after - 1]!) * (at - left)) / (right - left);
    }
    let [low, high] = [here, here];
    const end = after <= last && x[after] === at ? after + 1 : after;
    for (let i = from; i < end; i++) {
      if (Number.isFinite(min[i]!) && !(min[i]! >= low)) low = min[i]!;
      if (Number.isFinite(max[i]!) && !(max[i]! <= high)) high = max[i]!;
    }
    aligned.value[place] = here;
    aligned.min[place] = Number.isFinite(low) ? low : Number.NaN;
    aligned.max[place] = Number.isFinite(high) ? high : Number.NaN;
    from = end;
  }
  return aligned;
}
