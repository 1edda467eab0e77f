/** Writing and reading the history of a run, as interfaces. */
import type {
  CheckpointFile,
  CursorContent,
  LogLine,
  LogPiece,
  PointColumns,
  PointsReceipt,
  SeriesBuckets,
  SeriesPoints,
  SeriesSummary,
} from "@etude/contracts";

/** How a run stands for the worker that holds it: go on, write a checkpoint and stop, or stop. */
export type HeldStatus = "running" | "pausing" | "cancelling";

export interface Flushed {
  readonly status: HeldStatus;
  /** Points of the run before and after: the ring after this commit. */
  readonly from: number;
  readonly to: number;
  /** The points between, for the frame that may follow the ring; made when it is read. */
  readonly piece: LogPiece;
}

/** The single writer of a claimed run's log. Calls are answered in order. */
export interface Recorder {
  /** Total points committed. */
  readonly total: number;
  /** Takes points in step order; refuses and counts those not above their series' last step. No I/O. */
  push(series: readonly PointColumns[]): void;
  /**
   * Commits everything pushed and renews the lease. "lost": the claim is over, stop. Rejects when the database is
   * away or the outcome is unknown; nothing is forgotten, call it again.
   */
  flush(): Promise<Flushed | "lost">;
  /** As flush, and records the checkpoint in the same statement. `obsolete`: files older than the last two. */
  registerCheckpoint(
    checkpoint: CheckpointFile & { readonly backend?: string | null },
  ): Promise<(Flushed & { readonly obsolete: CheckpointFile[] }) | "lost">;
}

/** Points of an external run as its client sends them. */
export interface NewPoints {
  /** The attempt that they belong to; absent: whichever it is. */
  readonly attempt?: number | undefined;
  /** `from`: ordinal of the first point in its series. */
  readonly series: readonly (PointColumns & { readonly from: number })[];
}

export interface Appended {
  readonly receipt: PointsReceipt;
  /** The commit, for the ring; null when nothing was new. */
  readonly flushed: Flushed | null;
}

// Reading

/** Where a run stands; what a viewer compares itself with. */
export interface Position {
  readonly attempt: number;
  readonly total: number;
  /** Grows with every change of the run's row that is not an append. */
  readonly revision: number;
  /** Log lines. */
  readonly lines: number;
}

interface ReadAfterBase extends Position {
  /** Points of each series in this snapshot. */
  readonly counts: readonly number[];
  /** A newer attempt cut the log: keep `counts[i]` points of each series, drop steps from `step`. */
  readonly rewind: {
    readonly step: number;
    readonly counts: readonly number[];
    readonly series: readonly { readonly key: string; readonly index: number; readonly n: number }[];
  } | null;
}

export interface LogRead extends ReadAfterBase {
  readonly series: readonly SeriesPoints[];
}
export interface LogSummary extends ReadAfterBase {
  readonly series: readonly SeriesBuckets[];
}

interface SeriesRange {
  readonly key: string;
  readonly index: number;
  /** Points in the asked range. */
  readonly total: number;
  readonly firstStep: number | null;
  readonly lastStep: number | null;
}
export type SeriesColumns =
  | (SeriesRange & { readonly mode: "exact"; readonly points: SeriesPoints })
  | (SeriesRange & { readonly mode: "bucketed"; readonly buckets: SeriesBuckets });

export interface HistoryColumns {
  readonly runId: string;
  readonly attempt: number;
  readonly total: number;
  readonly cursor: string;
  readonly series: readonly SeriesColumns[];
}

export interface HistoryRequest {
  readonly keys?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly width?: number | undefined;
}

export interface NewLogLine {
  readonly level: LogLine["level"];
  readonly message: string;
}

export interface HistoryStore {
  /** Where these runs stand, in one query; deleted ones are absent. */
  positions(runIds: readonly string[]): Promise<Map<string, Position>>;
  /** The cursor of somebody who has the whole log. Throws Problem run_not_found. */
  readCursor(runId: string): Promise<CursorContent & { readonly total: number; readonly cursor: string }>;
  /** What follows a cursor, in one snapshot: at most about `limit` points (65 536), null when the run is gone. */
  readAfter(runId: string, after: CursorContent, limit?: number): Promise<LogRead | null>;
  /** As readAfter, everything, folded into at most `width` buckets a series. */
  summariseAfter(runId: string, after: CursorContent, width: number): Promise<LogSummary | null>;
  /** Exact, or bucketed where a series has more than `width` points in the range. Throws run_not_found, series_not_found. */
  readHistory(runId: string, request?: HistoryRequest): Promise<HistoryColumns>;
  /** Throws Problem run_not_found. */
  summaries(runId: string): Promise<SeriesSummary[]>;
  /** The value of a series at exactly this step, of each run that has one. */
  valuesAt(runIds: readonly string[], key: string, step: number): Promise<Map<string, number>>;
  /** Appends log lines while the claim holds; returns their numbers. */
  appendLog(runId: string, attempt: number, lines: readonly NewLogLine[]): Promise<{ last: number } | "lost">;
  /** Lines after number `after`. Throws Problem run_not_found. */
  readLog(runId: string, after?: number, limit?: number): Promise<LogLine[]>;
}
