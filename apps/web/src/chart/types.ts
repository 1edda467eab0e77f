import type { Curve } from "./curve.ts";

/** What a chart draws, described without a word about the library that draws it. */
export interface Trace {
  /** Unique within a stack. */
  readonly id: string;
  readonly label: string;
  /** A CSS colour; `var(--…)` follows the theme. */
  readonly colour: string;
  readonly dash?: readonly number[];
  /**
   * raw: faint, its buckets' band from min to max around the mean. band: solid, with the same band around the last value.
   * line: solid. dots: marks, while there is room for them, joined by a thin line.
   */
  readonly look: "raw" | "band" | "line" | "dots";
  /** Marks where the curve moved from one level to another: ▲ raised, ▼ lowered. */
  readonly marks?: boolean;
  /** Left out of the legend: another trace speaks for it. */
  readonly silent?: boolean;
  /** Steps are multiplied by it to give the x axis; 1 when absent. */
  readonly xFactor?: number;
  /** The points as they are now. Called once for each redraw. */
  readonly curve: () => Curve;
}

export interface Plot {
  readonly id: string;
  readonly title: string;
  readonly height: "tall" | "short";
  readonly scale: "linear" | "log";
  readonly traces: readonly Trace[];
}

/** First and last x that is shown. */
export type Range = readonly [from: number, to: number];

/** Says when points changed. */
export interface Signal {
  /** Calls `listener` after every change; returns how to stop that. */
  subscribe(listener: () => void): () => void;
}
