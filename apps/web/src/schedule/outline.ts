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
  const last = Math.max(1, curve.steps.length - 1);
  const points = Array.from(curve.values, (value, i) => {
    const x = margin + (i / last) * (outlineWidth - 2 * margin);
    const y = outlineHeight - margin - (value / top) * (outlineHeight - 2 * margin);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  if (points.length === 1) points.push(`${outlineWidth - margin} ${points[0]!.split(" ")[1]}`);
  return { path: `M${points.join("L")}`, reactive: false };
}
