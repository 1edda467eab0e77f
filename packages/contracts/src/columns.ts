import type { z } from "zod";
import type { JsonNumber } from "./run.ts";

/** Points of one series as they travel between our own processes, and as the SDK hands them out. */
export interface SeriesPoints {
  readonly key: string;
  /** Position among the run's series. */
  readonly index: number;
  /** Ordinal of the first point within its series. */
  readonly from: number;
  /** Float64, strictly increasing. */
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** A piece of a run's log with its columns as typed arrays. */
export interface LogPiece {
  readonly runId: string;
  readonly attempt: number;
  /** Points of the run before and after this piece. */
  readonly from: number;
  readonly to: number;
  readonly cursor: string;
  readonly series: readonly SeriesPoints[];
}

/** Buckets of one series: see PointsSummarised. */
export interface SeriesBuckets {
  readonly key: string;
  readonly index: number;
  readonly from: number;
  readonly n: number;
  readonly step: Float64Array;
  readonly last: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly count: Float64Array;
}

type JsonNumber = z.output<typeof JsonNumber>;

/** A number as JSON can carry it. */
export const toJsonNumber = (value: number): JsonNumber =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

/** A column as JSON can carry it. */
export const toJsonNumbers = (column: ArrayLike<number>): JsonNumber[] => Array.from(column, toJsonNumber);

/** The inverse of toJsonNumbers. */
export const fromJsonNumbers = (column: readonly JsonNumber[]): Float64Array => Float64Array.from(column, Number);
