import type { ScheduleSpec } from "@etude/catalog";
import { previewOf } from "./preview.ts";

/** A small picture of a schedule as an SVG path; undefined when there is none. */
export interface Outline {
  readonly path: string;
  /** The rates depend on the training: the path is the first rate only. */
  readonly reactive: boolean;
}

export const outlineWidth = 64;
export const outlineHeight = 20;
/** Room for half the stroke. */
const margin = 2;
/** Share of the height from which a movement within a bucket is worth drawing. */
const tooth = 0.06;
/** Length that stands for a run whose length nobody knows yet. */
const usualHorizon = 1000;
/** Length that shows the examples of the catalogue well. */
export const exampleHorizon = 120;
/** Longer schedules would hold up the page. */
const longestHorizon = 2_000_000;

const known = new Map<string, Outline | undefined>();

/** The outline of a schedule over a run of `horizon` steps, remembered between calls. */
export function outlineOf(schedule: ScheduleSpec, horizon: number | null): Outline | undefined {
  const steps = horizon === null || horizon < 1 ? usualHorizon : horizon;
  const key = `${steps} ${JSON.stringify(schedule)}`;
  if (!known.has(key)) {
    if (known.size > 500) known.clear();
    known.set(key, draw(schedule, steps));
  }
  return known.get(key);
}

function draw(schedule: ScheduleSpec, steps: number): Outline | undefined {
  if (steps > longestHorizon) return undefined;
  let preview;
  try {
    preview = previewOf(schedule, steps, outlineWidth);
  } catch (error) {
    // A list must not fail because of one schedule that this version cannot draw (a policy, a replay).
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const { curve } = preview;
  if (!curve) return { path: `M${margin} ${outlineHeight / 2}H${outlineWidth - margin}`, reactive: true };
  const top = curve.max.reduce((a, b) => Math.max(a, b), 0) || 1;
  const width = (outlineWidth - 2 * margin) / Math.max(1, curve.steps.length - 1);
  const at = (x: number, rate: number): string =>
    `${(margin + x * width).toFixed(1)} ${(outlineHeight - margin - (rate / top) * (outlineHeight - 2 * margin)).toFixed(1)}`;
  const points: string[] = [];
  for (const [i, value] of curve.values.entries()) {
    // What rises or falls within one bucket only, a rate of a single step, is drawn as a tooth.
    const previous = curve.values[i - 1] ?? value;
    if (curve.max[i]! - Math.max(previous, value) > tooth * top) points.push(at(i - 0.5, curve.max[i]!));
    else if (Math.min(previous, value) - curve.min[i]! > tooth * top) points.push(at(i - 0.5, curve.min[i]!));
    points.push(at(i, value));
  }
  if (points.length === 1) points.push(at(1, curve.values[0]!));
  return { path: `M${points.join("L")}`, reactive: false };
}
