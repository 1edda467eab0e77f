import { useEffect, useMemo, useRef, type KeyboardEvent, type ReactNode } from "react";
import "uplot/dist/uPlot.min.css";
import { formatInteger, formatNumber } from "../format/number.ts";
import { useTheme } from "../state/theme.ts";
import type { Visible } from "./aligned.ts";
import { valueAt } from "./curve.ts";
import { Stack } from "./stack.ts";
import { Swatch } from "./swatch.tsx";
import type { Plot, Range, Signal } from "./types.ts";

interface Props {
  /** What the stack as a whole shows, for those who cannot see it. */
  readonly label: string;
  readonly plots: readonly Plot[];
  readonly xLabel: string;
  readonly signal: Signal;
  /** The range when nobody zoomed. Asked for at every redraw. */
  readonly whole: () => Range;
  /** The zoomed range, if any. */
  readonly zoom: Range | undefined;
  readonly onZoom: (range: Range | undefined) => void;
  /** Controls at the right of the first title. */
  readonly tools?: ReactNode;
}

/** Plots above each other on one x axis with one cursor; drag or keys zoom, double click or 0 shows everything. */
export function ChartStack({ label, plots, xLabel, signal, whole, zoom, onZoom, tools }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const stack = useRef<Stack>(null);
  const [theme] = useTheme();
  const current = useRef({ whole, zoom, onZoom });
  useEffect(() => {
    current.current = { whole, zoom, onZoom };
  });
  // Everything that makes the library build its charts anew; points are not among it.
  const structure = useMemo(
    () => JSON.stringify([plots.map(({ id, scale, height, traces }) => [id, scale, height, traces]), xLabel, theme]),
    [plots, xLabel, theme],
  );
  const latest = useRef(plots);
  latest.current = plots;

  useEffect(() => {
    const element = root.current!;
    const range = (): Range => current.current.zoom ?? current.current.whole();
    const made = new Stack(
      [...element.querySelectorAll<HTMLElement>(".plot")],
      {
        plots: latest.current.map((plot, p) => ({
          ...plot,
          traces: plot.traces.map((trace, t) => ({ ...trace, curve: () => latest.current[p]!.traces[t]!.curve() })),
        })),
        xLabel,
        events: {
          onRange: (wanted) => current.current.onZoom(clamp(wanted, current.current.whole())),
          onReadout: (x, visible) => writeReadout(element, x, visible),
        },
      },
      range(),
    );
    stack.current = made;
    const stop = signal.subscribe(() => {
      made.setRange(range());
      made.invalidate();
    });
    return () => {
      stop();
      made.destroy();
      stack.current = null;
    };
  }, [structure, signal, xLabel]);

  useEffect(() => {
    stack.current?.setRange(zoom ?? whole());
    stack.current?.invalidate();
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const act = keys[event.key];
    // Keys of the controls inside are theirs.
    if (event.target !== event.currentTarget) return;
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !stack.current) return;
    event.preventDefault();
    if (act === "reset") onZoom(undefined);
    else if ("nudge" in act) stack.current.nudge(act.nudge * (event.shiftKey ? 10 : 1));
    else stack.current.zoom(act.zoom);
  };

  return (
    <div
      ref={root}
      className="charts"
      role="application"
      aria-roledescription="chart"
      aria-label={`${label}. Arrow keys move the cursor, plus and minus zoom, 0 shows everything.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {plots.map((plot, i) => (
        <section key={plot.id} aria-label={plot.title}>
          <div className="chart-head">
            <h2>{plot.title}</h2>
            <ul className="legend">
              {plot.traces
                .filter((trace) => !trace.silent)
                .map((trace) => (
                  <li key={trace.id} title={trace.label}>
                    <Swatch colour={trace.colour} dash={trace.dash ?? []} look={trace.look} />
                    <span>{trace.label}</span>
                    <output data-readout={trace.id} />
                  </li>
                ))}
            </ul>
            {i === 0 && (
              <span className="muted nowrap" data-readout-x>
                {" "}
              </span>
            )}
            {i === 0 && (
              <span className="touch-zoom">
                <button type="button" aria-label="Zoom in" onClick={() => stack.current?.zoom(0.5)}>
                  +
                </button>
                <button type="button" aria-label="Zoom out" onClick={() => stack.current?.zoom(2)}>
                  −
                </button>
              </span>
            )}
            {i === 0 && tools}
          </div>
          <div className={`plot ${plot.height}`} />
        </section>
      ))}
    </div>
  );
}

const keys: Record<string, { nudge: number } | { zoom: number } | "reset"> = {
  ArrowLeft: { nudge: -4 },
  ArrowRight: { nudge: 4 },
  "+": { zoom: 0.5 },
  "=": { zoom: 0.5 },
  "-": { zoom: 2 },
  "0": "reset",
  Escape: "reset",
};

/** Writes the values under the cursor, or the newest ones, into the legend without a render. */
function writeReadout(root: HTMLElement, x: number | undefined, visible: readonly (readonly Visible[])[]): void {
  const place = root.querySelector("[data-readout-x]");
  if (place) place.textContent = x === undefined ? "" : `at ${formatInteger(x)}`;
  for (const { trace, curve } of visible.flat()) {
    const output = root.querySelector(`[data-readout="${CSS.escape(trace.id)}"]`);
    if (!output) continue;
    const value = x === undefined ? curve.values.at(-1) : valueAt(curve, x);
    output.textContent = value === undefined ? "" : formatNumber(value);
  }
}

/** Keeps a zoom inside the whole; one that is as long as the whole is no zoom. */
function clamp(range: Range | undefined, [low, high]: Range): Range | undefined {
  if (!range) return undefined;
  const from = Math.max(low, range[0]);
  const to = Math.min(high, range[1]);
  return to - from >= high - low || !(to > from) ? undefined : [from, to];
}
