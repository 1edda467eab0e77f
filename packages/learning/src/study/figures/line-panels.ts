import { scaleLinear, scaleLog } from "d3-scale";
import { document, escape, line, text } from "./svg.ts";

export interface FigureLine {
  readonly name: string;
  /** A y that is not finite, or not above 0 on a logarithmic axis, breaks the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Whether the value holds until the next point. */
  readonly steps?: boolean;
}

export interface FigurePanel {
  readonly title: string;
  readonly lines: readonly FigureLine[];
  readonly x: { readonly label: string; readonly log?: boolean };
  readonly y: { readonly label: string; readonly log?: boolean };
}

const size = { narrow: 330, document: 660, height: 240, left: 58, right: 14, top: 30, bottom: 40 };
const legendColumn = 205;
/** A panel title longer than this would run out of it. */
const longestTitle = 42;
/** Okabe and Ito's colours, told apart by the colour-blind; dashes tell the rest. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#8a8a8a"];
const dashes = ["", "7 3", "2 3"];
const strokeOf = (i: number) => ({
  colour: colours[i % colours.length]!,
  dash: dashes[Math.floor(i / colours.length)] ?? "",
});
const tick = (value: number): string => {
  const shown =
    Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-3)
      ? value.toExponential(0)
      : String(+value.toPrecision(6));
  return shown.replace("e+", "e");
};

const drawable = ([x, y]: readonly [number, number], panel: FigurePanel): boolean =>
  Number.isFinite(x) && Number.isFinite(y) && (!panel.x.log || x > 0) && (!panel.y.log || y > 0);

/** Returns the bounds of the values, a little around a single one. */
function extent(values: readonly number[], log: boolean): [number, number] {
  if (values.length === 0) return log ? [0.1, 1] : [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (high > low) return [low, high];
  return log ? [low / 2, low * 2] : [low - 0.5, low + 0.5];
}

function axis(values: readonly number[], log: boolean | undefined, range: [number, number]) {
  const domain = extent(values, log === true);
  const scale = log ? scaleLog(domain, range) : scaleLinear(domain, range);
  const few = scale.ticks(5);
  // A logarithmic axis over decades names the decades alone, and not more than six of them.
  const decades = few.filter((value) => Number.isInteger(+Math.log10(value).toFixed(9)));
  const named = log && decades.length > 1 ? decades : few;
  return { at: (value: number) => scale(value), ticks: named.filter((_, i) => i % Math.ceil(named.length / 6) === 0) };
}

const shortened = (title: string, length: number): string =>
  title.length <= length ? title : `${title.slice(0, length - 1).trimEnd()}…`;

function drawPanel(
  panel: FigurePanel,
  names: readonly string[],
  left: number,
  top: number,
  panelWidth: number,
): string[] {
  const points = panel.lines.flatMap(({ points }) => points.filter((point) => drawable(point, panel)));
  const [x0, x1] = [left + size.left, left + panelWidth - size.right];
  const [y0, y1] = [top + size.height - size.bottom, top + size.top];
  const x = axis(
    points.map(([value]) => value),
    panel.x.log,
    [x0, x1],
  );
  const y = axis(
    points.map(([, value]) => value),
    panel.y.log,
    [y0, y1],
  );
  const pathOf = (one: FigureLine): string => {
    let [path, open, height] = ["", false, 0];
    for (const point of one.points) {
      if (!drawable(point, panel)) {
        open = false;
        continue;
      }
      const [px, py] = [x.at(point[0]).toFixed(1), y.at(point[1])];
      path += !open
        ? `M${px},${py.toFixed(1)}`
        : one.steps
          ? `L${px},${height.toFixed(1)}L${px},${py.toFixed(1)}`
          : `L${px},${py.toFixed(1)}`;
      [open, height] = [true, py];
    }
    return path;
  };
  return [
    text(x0, top + 18, shortened(panel.title, Math.round((longestTitle * panelWidth) / size.narrow)), { weight: 600 }),
    ...x.ticks.flatMap((value) => [
      line(x.at(value), y0, x.at(value), y1, "#e2e8f0"),
      text(x.at(value), y0 + 14, tick(value), { anchor: "middle" }),
    ]),
    ...y.ticks.flatMap((value) => [
      line(x0, y.at(value), x1, y.at(value), "#e2e8f0"),
      text(x0 - 5, y.at(value) + 4, tick(value), { anchor: "end" }),
    ]),
    `<rect x="${x0}" y="${y1}" width="${x1 - x0}" height="${y0 - y1}" fill="none" stroke="#94a3b8"/>`,
    text((x0 + x1) / 2, y0 + 30, panel.x.label, { anchor: "middle" }),
    `<text transform="translate(${left + 13},${(y0 + y1) / 2}) rotate(-90)" text-anchor="middle">${escape(panel.y.label)}</text>`,
    ...panel.lines.map((one) => {
      const { colour, dash } = strokeOf(names.indexOf(one.name));
      return `<path d="${pathOf(one)}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-dasharray="${dash}"/>`;
    }),
  ];
}

/** Returns panels in a grid as one SVG, with one legend for all. A name has one colour in every panel. */
export function linePanels(title: string, panels: readonly FigurePanel[], columns = 3): string {
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const across = Math.min(columns, panels.length);
  const width = Math.max(across * size.narrow, size.document);
  const panelWidth = width / across;
  const perRow = Math.floor(width / legendColumn);
  const legendTop = 32 + Math.ceil(panels.length / across) * size.height;
  const height = legendTop + Math.ceil(names.length / perRow) * 18 + 12;
  return document(width, height, title, [
    ...panels.flatMap((panel, i) =>
      drawPanel(panel, names, (i % across) * panelWidth, 32 + Math.floor(i / across) * size.height, panelWidth),
    ),
    ...names.flatMap((name, i) => {
      const { colour, dash } = strokeOf(i);
      const [left, top] = [14 + (i % perRow) * legendColumn, legendTop + 8 + Math.floor(i / perRow) * 18];
      return [
        `<line x1="${left}" x2="${left + 26}" y1="${top}" y2="${top}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
        text(left + 32, top + 4, name),
      ];
    }),
  ]);
}
