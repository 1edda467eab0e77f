import type { SeriesView } from "@etude/sdk";
import type { BrailleCanvas } from "./braille.ts";
import type { Extent } from "./scale.ts";

/** A series to draw, on a layer (0-based) that decides its colour. */
export interface Curve {
  readonly view: Pick<SeriesView, "steps" | "values" | "min" | "max">;
  readonly layer: number;
}

/** Values looked at for the median, a curve. */
const sampled = 500;

/** Smallest, largest and (about) middle finite value of all curves; undefined when there is none. */
export function extentOf(curves: readonly Curve[]): Extent | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const sample: number[] = [];
  for (const { view } of curves) {
    for (const value of view.min) if (value < min && Number.isFinite(value)) min = value;
    for (const value of view.max) if (value > max && Number.isFinite(value)) max = value;
    const stride = Math.ceil(view.values.length / sampled);
    for (let i = 0; i < view.values.length; i += stride) sample.push(view.values[i] as number);
  }
  if (min > max) return undefined;
  const finite = sample.filter(Number.isFinite).sort((a, b) => a - b);
  return { min, max, median: finite[finite.length >> 1] ?? max };
}

/**
 * Draws a curve: in each column of dots the whole range of the values that fall there, so that a spike of one step is
 * seen, and a line to the next column that has any. Values that are not finite leave a gap.
 */
export function drawCurve(
  canvas: BrailleCanvas,
  { view, layer }: Curve,
  xOf: (step: number) => number,
  yOf: (value: number) => number,
): void {
  const { steps, values, min, max } = view;
  let before: { x: number; y: number } | undefined;
  for (const [i, step] of steps.entries()) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) {
      before = undefined;
      continue;
    }
    const [x, y] = [xOf(step), yOf(value)];
    if (before) canvas.line(before.x, before.y, x, y, layer);
    const [low, high] = [min[i] as number, max[i] as number];
    if (low < high) canvas.line(x, yOf(low), x, yOf(high), layer);
    else canvas.set(x, y, layer);
    before = { x, y };
  }
}
