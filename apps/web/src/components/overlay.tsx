import { useCallback, useEffect, useMemo } from "react";
import { averageCurves } from "../chart/average.ts";
import { ChartStack } from "../chart/chart-stack.tsx";
import type { Curve } from "../chart/curve.ts";
import type { LineStyle } from "../chart/palette.ts";
import { Smoother } from "../chart/smooth.ts";
import type { Plot, Range, Trace } from "../chart/types.ts";
import { mergeSignals } from "../live/merged-signal.ts";
import type { RunFeed } from "../live/run-feed.ts";
import { type CompareSearch, compareMetrics, defaultSmoothing, xAxes } from "../state/search.ts";
import { ChartTools } from "./chart-tools.tsx";

/** One line of an overlay: a run, or several whose mean and spread are drawn. */
export interface Member {
  readonly id: string;
  readonly label: string;
  readonly style: LineStyle;
  readonly feeds: readonly RunFeed[];
  readonly horizon: number | null;
}

type Search = Pick<CompareSearch, "metric" | "x" | "log" | "smooth" | "from" | "to">;

interface Props {
  readonly label: string;
  readonly members: readonly Member[];
  readonly search: Search;
  readonly update: (change: Search) => void;
}

const metricNames = {
  "validation/loss": "Validation loss",
  "train/loss": "Training loss",
  "validation/accuracy": "Validation accuracy",
} as const;
const axisNames = { step: "by step", progress: "by progress" } as const;

/** Curves of several runs over each other, the learning rates below them. */
export function Overlay({ label, members, search, update }: Props) {
  const { metric = "validation/loss", x = "step", log = false, smooth = defaultSmoothing, from, to } = search;
  const zoom = useMemo(
    (): Range | undefined => (from === undefined || to === undefined ? undefined : [from, to]),
    [from, to],
  );
  const plots = useMemo(() => plotsOf(members, metric, x, smooth, log), [members, metric, x, smooth, log]);
  const feeds = useMemo(() => members.flatMap((member) => member.feeds), [members]);
  const signal = useMemo(() => mergeSignals(feeds), [feeds]);
  useEffect(() => {
    for (const member of members) {
      const factor = factorOf(member, x);
      for (const feed of member.feeds) feed.zoomTo(zoom && [zoom[0] / factor, zoom[1] / factor]);
    }
  }, [members, zoom, x]);
  const whole = useCallback((): Range => {
    if (x === "progress") return [0, 100];
    return [0, Math.max(1, ...members.map((member) => endOf(member)))];
  }, [members, x]);
  const round = (value: number): number => (x === "step" ? Math.round(value) : Number(value.toFixed(2)));
  const reset = { from: undefined, to: undefined };
  return (
    <div className="panel stack">
      <div className="toolbar">
        <select
          aria-label="Curve"
          value={metric}
          onChange={(event) => update({ metric: compareMetrics.find((one) => one === event.target.value) })}
        >
          {compareMetrics.map((one) => (
            <option key={one} value={one}>
              {metricNames[one]}
            </option>
          ))}
        </select>
        <span className="segmented" role="group" aria-label="Axis">
          {xAxes.map((axis) => (
            <button
              key={axis}
              type="button"
              aria-pressed={axis === x}
              onClick={() => update({ x: axis === "step" ? undefined : axis, ...reset })}
            >
              {axisNames[axis]}
            </button>
          ))}
        </span>
        <ChartTools
          log={log}
          onLog={(log) => update({ log: log || undefined })}
          smooth={smooth}
          onSmooth={metric === "train/loss" ? (smooth) => update({ smooth }) : undefined}
          zoomed={zoom !== undefined}
          onReset={() => update(reset)}
        />
      </div>
      <ChartStack
        label={label}
        plots={plots}
        xLabel={x === "step" ? "step" : "progress, % of the run"}
        signal={signal}
        whole={whole}
        zoom={zoom}
        onZoom={(range) => update(range ? { from: round(range[0]), to: round(range[1]) } : reset)}
      />
    </div>
  );
}

const endOf = ({ horizon, feeds }: Member): number =>
  Math.max((horizon ?? 0) - 1, ...feeds.map((feed) => feed.lastStep()));

/** What a step is multiplied by to stand on the axis. */
const factorOf = (member: Member, x: "step" | "progress"): number =>
  x === "step" ? 1 : 100 / Math.max(1, endOf(member));

function plotsOf(
  members: readonly Member[],
  metric: (typeof compareMetrics)[number],
  x: "step" | "progress",
  smooth: number,
  log: boolean,
): Plot[] {
  const traces = (key: string, smoothing: number, name: string): Trace[] =>
    members.map((member): Trace => {
      const smoothers = member.feeds.map(() => new Smoother(smoothing));
      const one = (feed: RunFeed, i: number): Curve => {
        const curve = feed.curve(key);
        return smoothing > 0 ? smoothers[i]!.of(curve, feed.generation) : curve;
      };
      return {
        id: `${name} ${member.id}`,
        label: member.label,
        colour: member.style.colour,
        dash: member.style.dash,
        look: "band",
        xFactor: factorOf(member, x),
        curve: () => averageCurves(member.feeds.map(one)),
      };
    });
  return [
    {
      id: "metric",
      title: metricNames[metric],
      height: "tall",
      scale: log ? "log" : "linear",
      traces: traces(metric, metric === "train/loss" ? smooth : 0, "metric"),
    },
    {
      id: "rate",
      title: "Learning rate",
      height: "short",
      scale: "linear",
      traces: traces("learning-rate", 0, "rate").map((trace) => ({ ...trace, silent: members.length > 4 })),
    },
  ];
}
