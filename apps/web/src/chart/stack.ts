import uPlot from "uplot";
import { alignTraces, type Visible, visibleTraces } from "./aligned.ts";
import { drawMarks } from "./marks.ts";
import { optionsOf, type PlotHost } from "./options.ts";
import { Colours } from "./theme.ts";
import type { Plot, Range } from "./types.ts";

interface StackEvents {
  /** The user asked for a range by dragging or by keys; undefined: everything. */
  onRange(range: Range | undefined): void;
  /** The cursor moved to x, or left (undefined); also called after each redraw. */
  onReadout(x: number | undefined, visible: readonly (readonly Visible[])[]): void;
}

export interface StackContent {
  readonly plots: readonly Plot[];
  readonly xLabel: string;
  readonly events: StackEvents;
}

let stacks = 0;

/** Charts on one x axis with one cursor, drawn at most once an animation frame. */
export class Stack {
  readonly #hosts: readonly HTMLElement[];
  readonly #content: StackContent;
  readonly #colours: Colours;
  readonly #charts: uPlot[] = [];
  readonly #observer: ResizeObserver;
  #visible: Visible[][] = [];
  #range: Range = [0, 1];
  #cursor: number | undefined;
  #frame = 0;

  /** @param hosts One element for each plot, in order. Its size is the chart's size. */
  constructor(hosts: readonly HTMLElement[], content: StackContent, range: Range) {
    this.#hosts = hosts;
    this.#content = content;
    this.#range = range;
    this.#colours = new Colours(hosts[0]!);
    stacks += 1;
    const host: PlotHost = {
      colours: this.#colours,
      syncKey: `stack-${stacks}`,
      xLabel: content.xLabel,
      range: () => this.#range,
      onSelect: (selected) => content.events.onRange(selected),
      onCursor: (x) => this.#moved(x),
      onReset: () => content.events.onRange(undefined),
      onDrawn: (chart) => drawMarks(chart, this.#visible[this.#charts.indexOf(chart)] ?? []),
    };
    for (const [i, plot] of content.plots.entries()) {
      const options = optionsOf(plot, i === content.plots.length - 1, sizeOf(hosts[i]!), host);
      this.#charts.push(new uPlot(options, [[]], hosts[i]));
    }
    this.#observer = new ResizeObserver(() => this.#resize());
    for (const element of hosts) this.#observer.observe(element);
    this.invalidate();
  }

  /** Shows another range; points arriving later do not change it. */
  setRange(range: Range): void {
    if (range[0] === this.#range[0] && range[1] === this.#range[1]) return;
    this.#range = range;
    this.invalidate();
  }

  /** Redraws before the next frame. */
  invalidate(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Moves the cursor by pixels, from the middle when it is not shown. */
  nudge(pixels: number): void {
    const chart = this.#charts[0];
    if (!chart) return;
    const width = chart.over.clientWidth;
    const at = this.#cursor === undefined ? width / 2 : chart.valToPos(this.#cursor, "x");
    const left = Math.min(width - 1, Math.max(0, at + pixels));
    for (const each of this.#charts) each.setCursor({ left, top: each.over.clientHeight / 2 });
  }

  /** Shows a part of the range, `factor` times as long, around the cursor. */
  zoom(factor: number): void {
    const [from, to] = this.#range;
    const centre = this.#cursor ?? (from + to) / 2;
    this.#content.events.onRange([centre - (centre - from) * factor, centre + (to - centre) * factor]);
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    for (const chart of this.#charts) chart.destroy();
    this.#colours.dispose();
  }

  #draw(): void {
    this.#frame = 0;
    this.#visible = this.#content.plots.map((plot, i) => {
      const chart = this.#charts[i]!;
      return visibleTraces(plot, this.#range, chart.over.clientWidth || chart.width);
    });
    for (const [i, { scale }] of this.#content.plots.entries()) {
      this.#charts[i]!.setData(alignTraces(this.#visible[i]!, scale));
    }
    this.#content.events.onReadout(this.#cursor, this.#visible);
  }

  #moved(x: number | undefined): void {
    if (x === this.#cursor) return;
    this.#cursor = x;
    this.#content.events.onReadout(x, this.#visible);
  }

  #resize(): void {
    for (const [i, chart] of this.#charts.entries()) {
      const size = sizeOf(this.#hosts[i]!);
      if (size.width !== chart.width || size.height !== chart.height) chart.setSize(size);
    }
    this.invalidate();
  }
}

const sizeOf = (element: HTMLElement): { width: number; height: number } => ({
  width: Math.max(80, element.clientWidth),
  height: Math.max(60, element.clientHeight),
});
