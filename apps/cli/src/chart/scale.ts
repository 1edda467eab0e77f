import { scaleLinear, scaleLog } from "d3-scale";
import { formatNumber } from "../format/numbers.ts";

/** From this ratio of largest to smallest on, a positive axis may be logarithmic … */
const logFrom = 50;
/** … when most values are small: a cosine that falls to almost nothing keeps its shape. */
const smallShare = 0.1;

export interface Tick {
  readonly dot: number;
  readonly label: string;
}

/** A vertical axis: values to dots from the top. */
export interface Scale {
  readonly log: boolean;
  readonly dotOf: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** What the values of an axis are like. */
export interface Extent {
  readonly min: number;
  readonly max: number;
  readonly median: number;
}

/** An axis over `height` dots; logarithmic when the values are positive, far apart and mostly small. */
export function verticalScale({ min, max, median }: Extent, height: number): Scale {
  const log = min > 0 && max / min >= logFrom && median <= smallShare * max;
  const flat = max - min < 1e-12 * Math.max(1, Math.abs(max));
  const space = flat ? Math.abs(max) * 0.1 || 1 : 0;
  const wanted = Math.max(2, Math.floor(height / 12));
  const scale = (log ? scaleLog() : scaleLinear())
    .domain([min - space, max + space])
    .range([height - 1, 0])
    .clamp(true);
  const dotOf = (value: number): number => Math.round(scale(value));
  return { log, dotOf, ticks: thin(scale.ticks(wanted), dotOf) };
}

/** Ticks on different text rows, the topmost and those that are powers of ten first. */
function thin(values: readonly number[], dotOf: (value: number) => number): Tick[] {
  const rows = new Map<number, Tick>();
  const roundness = (value: number): number => (Number.isInteger(Math.log10(Math.abs(value))) ? 0 : 1);
  for (const value of [...values].sort((a, b) => roundness(a) - roundness(b))) {
    const row = dotOf(value) >> 2;
    if (rows.has(row) || rows.has(row - 1) || rows.has(row + 1)) continue;
    rows.set(row, { dot: dotOf(value), label: formatNumber(value) });
  }
  return [...rows.values()].sort((a, b) => a.dot - b.dot);
}

/** Ticks of the shared horizontal axis over `width` dots: round steps, labels that do not touch. */
export function horizontalTicks(
  first: number,
  last: number,
  width: number,
): { dotOf: (step: number) => number; ticks: Tick[] } {
  const scale = scaleLinear()
    .domain([first, Math.max(last, first + 1)])
    .range([0, width - 1]);
  const dotOf = (step: number): number => Math.round(scale(step));
  const steps = scale.ticks(Math.max(2, Math.floor(width / 32))).filter((step) => Number.isInteger(step));
  return { dotOf, ticks: steps.map((step) => ({ dot: dotOf(step), label: String(step) })) };
}
