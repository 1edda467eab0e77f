import type uPlot from "uplot";
import { columnsOf, type Visible } from "./aligned.ts";
import type { Curve } from "./curve.ts";

/** A place where a curve of levels moved to another level. */
export interface Mark {
  readonly step: number;
  readonly value: number;
  readonly raised: boolean;
}

/** More moves than this in view are a slope, not decisions. */
const mostMarks = 100;
/** A move smaller than this share of the value is rounding. */
const leastMove = 1e-6;

/** The moves of a curve of levels; none when it moves all the time. */
export function marksOf({ steps, values }: Curve): Mark[] {
  const marks: Mark[] = [];
  for (let i = 1; i < values.length; i += 1) {
    const [before, value] = [values[i - 1]!, values[i]!];
    if (Math.abs(value - before) <= leastMove * Math.abs(before)) continue;
    if (marks.length === mostMarks) return [];
    marks.push({ step: steps[i]!, value, raised: value > before });
  }
  return marks;
}

const size = 4;
const distance = 7;

/** Draws the marks of the traces that have some: a triangle above where it rose, below where it fell. */
export function drawMarks(u: uPlot, visible: readonly Visible[]): void {
  const { ctx } = u;
  let column = 1;
  for (const { trace, curve } of visible) {
    const series = u.series[column];
    column += columnsOf(trace);
    if (!trace.marks || !series) continue;
    ctx.save();
    ctx.fillStyle = typeof series.stroke === "function" ? String(series.stroke(u, column)) : String(series.stroke);
    for (const { step, value, raised } of marksOf(curve)) {
      const scale = devicePixelRatio;
      const up = raised ? -1 : 1;
      const x = u.valToPos(step, "x", true);
      const y = u.valToPos(value, "y", true) + up * distance * scale;
      if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, y + up * size * scale);
      ctx.lineTo(x - size * scale, y - up * size * scale * 0.6);
      ctx.lineTo(x + size * scale, y - up * size * scale * 0.6);
      ctx.fill();
    }
    ctx.restore();
  }
}
