import type { Style } from "../format/style.ts";
import { pad, widthOf } from "../format/table.ts";
import { BrailleCanvas } from "./braille.ts";
import { type Curve, drawCurve, extentOf } from "./curves.ts";
import { horizontalTicks, type Scale, verticalScale } from "./scale.ts";

/** One of the charts that stand above one another on the same steps. */
export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** Share of the height. */
  readonly weight: number;
}

export interface ChartOptions {
  /** Size in characters, axes included. */
  readonly columns: number;
  readonly rows: number;
  /** Steps that the x axis spans; a run that is under way leaves room for what is to come. */
  readonly firstStep: number;
  readonly lastStep: number;
  readonly style: Style;
}

const gutter = 9;

/** Draws panels above one another with one x axis. Returns `rows` lines of at most `columns` characters. */
export function drawCharts(panels: readonly Panel[], options: ChartOptions): string[] {
  const { columns, rows, firstStep, lastStep, style } = options;
  const width = Math.max(10, columns - gutter - 2);
  const { dotOf, ticks } = horizontalTicks(firstStep, lastStep, width * 2);
  const free = rows - panels.length - 2;
  const weights = panels.reduce((sum, { weight }) => sum + weight, 0);
  let left = free;
  const lines = panels.flatMap((panel, i) => {
    const height = i === panels.length - 1 ? left : Math.round((free * panel.weight) / weights);
    left -= height;
    return drawPanel(panel, width, Math.max(2, height), dotOf, style);
  });
  const axis = Array.from({ length: width }, () => "─");
  for (const { dot } of ticks) axis[dot >> 1] = "┴";
  lines.push(style.dim(`${" ".repeat(gutter)}└${axis.join("")}`));
  lines.push(style.dim(labelLine(ticks, width)));
  return lines;
}

function drawPanel(panel: Panel, width: number, height: number, xOf: (step: number) => number, style: Style): string[] {
  const canvas = new BrailleCanvas(width, height);
  const extent = extentOf(panel.curves);
  const scale: Scale = extent ? verticalScale(extent, canvas.height) : { log: false, dotOf: () => 0, ticks: [] };
  for (const curve of panel.curves) drawCurve(canvas, curve, xOf, scale.dotOf);
  const labels = new Map(scale.ticks.map(({ dot, label }) => [dot >> 2, label]));
  const lines = Array.from({ length: height }, (_, row) => {
    const label = labels.get(row);
    const edge = style.dim(`${pad(label ?? "", gutter - 1, "right")} ${label === undefined ? "│" : "┤"}`);
    return (edge + canvas.row(row, (text, layer) => style.series(layer)(text))).trimEnd();
  });
  return [`${" ".repeat(gutter + 1)}${panel.title}${scale.log ? style.dim("  log scale") : ""}`, ...lines];
}

function labelLine(ticks: readonly { dot: number; label: string }[], width: number): string {
  let line = " ".repeat(gutter + 1);
  for (const { dot, label } of ticks) {
    const start = Math.min(gutter + 1 + (dot >> 1) - (widthOf(label) >> 1), gutter + 1 + width - widthOf(label));
    if (start > widthOf(line) || widthOf(line) === gutter + 1) line = `${line.padEnd(start)}${label}`;
  }
  return line;
}
