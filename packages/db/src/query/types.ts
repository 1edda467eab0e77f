import type { Run, RunId } from "@etude/contracts";
import type { SeriesColumns } from "../types.ts";
import type { Selection } from "./language/statement.ts";

export type { Selection } from "./language/statement.ts";

/** One series of one run, and the steps wanted of it, inclusive. */
export interface WantedSeries {
  readonly runId: string;
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

export type QueriedColumns = SeriesColumns & { readonly runId: string; readonly attempt: number };

/** A piece of a series as it is streamed. */
export interface StreamedPoints {
  readonly runId: string;
  readonly key: string;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** What the axes need of a run. */
export interface RunFacts {
  readonly id: RunId;
  readonly name: string;
  readonly attempt: number;
  readonly total: number;
  readonly horizon: number | null;
  readonly step: number;
  readonly stepsPerEpoch: number | null;
}

export interface FoundRuns {
  readonly ids: RunId[];
  readonly runs: Run[] | null;
  /** A column for each selected value. */
  readonly values: unknown[][];
  readonly next: string | null;
}

/** A run with the shape of its learning rate: see rateShape in packages/curves. */
export interface ShapedRun {
  readonly id: RunId;
  readonly shape: Float32Array;
}

/** Questions to many runs. They have connections of their own, and are stopped after `queryTimeoutMs`. */
export interface Queries {
  /** One page. Throws Problem validation_failed (at a column of the text), invalid_cursor, query_too_slow. */
  runs(selection: Selection): Promise<FoundRuns>;
  /** How many runs match. */
  count(selection: Pick<Selection, "query" | "ids">): Promise<number>;
  /** Those of the runs that exist. */
  facts(runIds: readonly string[]): Promise<RunFacts[]>;
  /**
   * The series that exist, in the order asked for, all in one snapshot: exact, or bucketed where one has more than
   * `width` points in its range. Throws Problem query_too_large, query_too_slow.
   */
  series(wanted: readonly WantedSeries[], width?: number): Promise<QueriedColumns[]>;
  /**
   * The same, exact and piece by piece without holding a snapshot: points are never changed, so that what was there at
   * the start is what is read. Throws when a run is taken back meanwhile.
   */
  stream(wanted: readonly WantedSeries[]): AsyncGenerator<StreamedPoints, void>;
  /** How many points `stream` would give, at most. */
  measure(wanted: readonly WantedSeries[]): Promise<number>;
  /** Ended runs with a recorded learning rate, of those that match; `pending` have not been looked at. */
  shapes(query: string): Promise<{ shaped: ShapedRun[]; pending: number }>;
  /** Takes the shape of up to `limit` ended runs that have none yet; returns how many. */
  takeShapes(limit: number): Promise<number>;
  /** The shape of a run's recorded learning rate. Throws Problem run_not_found, series_not_found. */
  shapeOf(runId: string): Promise<Float32Array>;
}
