import type uPlot from "uplot";
import { formatNumber, formatTicks } from "../format/number.ts";
import { columnsOf, hasBand } from "./aligned.ts";
import type { Colours } from "./theme.ts";
import type { Plot, Range, Trace } from "./types.ts";

const font = "11px system-ui, sans-serif";
/** Both charts of a stack give their y labels the same room, so that one x is one vertical line. */
const gutter = 58;

/** What a plot asks its stack for. */
export interface PlotHost {
  readonly colours: Colours;
  readonly syncKey: string;
  readonly xLabel: string;
  /** The range to show now. */
  range(): Range;
  onSelect(range: Range): void;
  onCursor(x: number | undefined): void;
  onReset(): void;
  /** Called when the curves of a plot have been drawn. */
  onDrawn(chart: uPlot): void;
}

/** The options of the chart library for one plot of a stack. `last` carries the labels of the x axis. */
export function optionsOf(plot: Plot, last: boolean, size: { width: number; height: number }, host: PlotHost) {
  const { colours } = host;
  const log = plot.scale === "log";
  const grid = { stroke: colours.of("var(--grid)"), width: 1 };
  const axis = { stroke: colours.of("var(--muted)"), font, grid, ticks: { ...grid, size: 4 } };
  const options: uPlot.Options = {
    ...size,
    padding: [8, 10, last ? 0 : 4, 0],
    legend: { show: false },
    cursor: {
      y: false,
      sync: { key: host.syncKey, filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      focus: { prox: -1 },
      bind: { dblclick: () => () => (host.onReset(), null) },
    },
    scales: {
      x: { time: false, auto: false, range: () => [host.range()[0], host.range()[1]] },
      y: log ? { distr: 3, auto: true, range: logRange } : { auto: true, range: linearRange },
    },
    axes: [
      last
        ? {
            ...axis,
            size: 24,
            gap: 4,
            label: host.xLabel,
            labelFont: font,
            labelSize: 16,
            labelGap: 0,
            values: (_, ticks) => formatTicks(ticks),
          }
        : { ...axis, size: 0, ticks: { show: false }, values: (_, ticks) => ticks.map(() => "") },
      {
        ...axis,
        size: gutter,
        gap: 4,
        values: (_, ticks) => ticks.map((tick) => (tick === null || (log && !isRound(tick)) ? "" : formatNumber(tick))),
      },
    ],
    series: [{}, ...plot.traces.flatMap((trace) => seriesOf(trace, colours))],
    bands: bandsOf(plot.traces, colours),
    hooks: {
      draw: [(u) => host.onDrawn(u)],
      setCursor: [(u) => host.onCursor(u.cursor.left! < 0 ? undefined : u.posToVal(u.cursor.left!, "x"))],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 4) return;
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          host.onSelect([u.posToVal(left, "x"), u.posToVal(left + width, "x")]);
        },
      ],
    },
  };
  return options;
}

/** True for 1, 2 and 5 times a power of ten: the marks that a logarithmic axis is read by. */
function isRound(tick: number): boolean {
  const mantissa = tick / 10 ** Math.floor(Math.log10(tick) + 1e-9);
  return [1, 2, 5].some((digit) => Math.abs(mantissa - digit) < 1e-6);
}

function seriesOf(trace: Trace, colours: Colours): uPlot.Series[] {
  const base = { scale: "y", spanGaps: false, points: { show: false } };
  const stroke = colours.of(trace.colour);
  const dash = trace.dash?.length ? { dash: [...trace.dash] } : {};
  if (hasBand(trace)) {
    const edge = { ...base, stroke: colours.of(trace.colour, 0.4), width: 1 };
    const main =
      trace.look === "raw" ? { stroke: colours.of(trace.colour, 0.45), width: 1 } : { stroke, width: 1.75, ...dash };
    return [{ ...base, ...main }, edge, { ...edge }];
  }
  if (trace.look === "dots") {
    const points = { show: hasRoomForDots, size: 5, fill: stroke, stroke };
    return [{ ...base, stroke, width: 1, points }];
  }
  return [{ ...base, stroke, width: 1.75, ...dash }];
}

/** Pixels that a dot needs for itself. */
const dotPitch = 9;

const hasRoomForDots: uPlot.Series.Points.Show = (u, series) => {
  let defined = 0;
  for (const value of u.data[series]!) if (value !== null && value !== undefined) defined += 1;
  return defined * dotPitch <= u.over.clientWidth;
};

function bandsOf(traces: readonly Trace[], colours: Colours): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  let column = 1;
  for (const trace of traces) {
    if (hasBand(trace)) bands.push({ series: [column + 1, column + 2], fill: colours.of(trace.colour, 0.22) });
    column += columnsOf(trace);
  }
  return bands;
}

/** A little air above and below; a flat line sits in the middle. No data: 0 to 1. */
function linearRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const span = high - low;
  const air = span > 0 ? span * 0.05 : Math.abs(high) * 0.1 || 1;
  // Losses and rates are never negative: a floor near zero is zero.
  const floor = low - air;
  return [low >= 0 && floor < span * 0.1 ? Math.min(0, low) : floor, high + air];
}

function logRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null || low <= 0) return [0.1, 1];
  return low === high ? [low / 2, high * 2] : [low / 1.15, high * 1.15];
}
