import { decodeColumns } from "./columns.ts";
import { emptySummary, fold, type Point, type Summary } from "./summary.ts";

/** A row of `series` with its open tail. */
export interface SeriesRow {
  readonly index: number;
  readonly key: string;
  readonly n: number;
  readonly sealed: number;
  readonly lastStep: number | null;
  readonly late: number;
  readonly step0: number | null;
  readonly stride: number | null;
  readonly enc: number;
  readonly steps: Buffer | null;
  readonly vals: Buffer;
}

/** A sealed chunk's summary. */
export type ChunkSummaryRow = Summary & { readonly index: number };

/** What a writer has to know of a series to continue it. */
export interface SeriesState {
  readonly index: number;
  readonly key: string;
  readonly late: number;
  /** Chunks sealed, their summary, and the last point in them. */
  readonly sealed: number;
  readonly sealedSummary: Summary;
  readonly sealedEnd: Point | null;
  readonly tail: { steps: Float64Array; values: Float64Array };
}

const endOf = ({ lastStep, last }: Summary): Point | null =>
  lastStep === null || last === null ? null : { step: lastStep, value: last };

/** The state of a series from its row and the summaries of its sealed chunks, in order. */
export function seriesState(row: SeriesRow, chunks: readonly Summary[]): SeriesState {
  const sealedSummary = chunks.reduce(fold, emptySummary);
  return {
    index: row.index,
    key: row.key,
    late: row.late,
    sealed: chunks.length,
    sealedSummary,
    sealedEnd: endOf(sealedSummary),
    tail: decodeColumns(row),
  };
}
