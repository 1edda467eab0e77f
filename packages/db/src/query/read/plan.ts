import { Problem, queryLimits } from "@etude/contracts";
import { blockPoints } from "../../history/blocks.ts";
import { chunkPoints } from "../../history/columns.ts";
import type { SeriesRow } from "../../history/series-state.ts";
import type { WantedSeries } from "../types.ts";

/** A series that was asked for, as the database has it. */
export interface FoundRow extends SeriesRow {
  /** Position among those asked for. */
  readonly at: number;
  readonly attempt: number;
  readonly firstStep: number | null;
  /** Sealed chunks that hold steps of the range; `bounded` when the range is narrower than the series. */
  readonly lo: number;
  readonly hi: number;
  readonly bounded: boolean;
}

/** Chunks `lo` to `hi`. */
export interface Span {
  readonly lo: number;
  readonly hi: number;
}

/** How a series is read: point by point, by blocks of 64 points, or by the summaries of whole chunks. */
export type Level = "points" | "blocks" | "chunks";

export interface Plan {
  readonly row: FoundRow;
  readonly wanted: WantedSeries;
  readonly level: Level;
  /** Read point by point: all of a series at the level of points, else the chunks at the ends of the range. */
  readonly points: readonly Span[];
  /** Read more coarsely. */
  readonly coarse: Span | null;
}

const sizeOf = ({ lo, hi }: Span): number => Math.max(0, hi - lo + 1);

/**
 * Picks the coarsest level that still fills the buckets: blocks once a bucket holds at least one, whole chunks once there
 * are half as many as buckets.
 */
export function planSeries(row: FoundRow, wanted: WantedSeries, width: number | undefined): Plan {
  const { lo, hi, bounded } = row;
  const inner = bounded ? { lo: lo + 1, hi: hi - 1 } : { lo, hi };
  const chunks = sizeOf(inner);
  if (width === undefined || chunks * chunkPoints < width * blockPoints)
    return { row, wanted, level: "points", points: [{ lo, hi }], coarse: null };
  const ends = bounded
    ? [
        { lo, hi: lo },
        { lo: hi, hi },
      ]
    : [];
  return { row, wanted, level: chunks >= width / 2 ? "chunks" : "blocks", points: ends, coarse: inner };
}

const format = (n: number): string => n.toLocaleString("en-GB");

/** Throws Problem query_too_large when the plans read or answer more than one request may. */
export function assertAffordable(plans: readonly Plan[], width: number | undefined): void {
  const points = plans.reduce(
    (sum, plan) =>
      sum +
      (plan.coarse ? 0 : Math.min(plan.row.n, sizeOf(plan.points[0] ?? { lo: 0, hi: -1 }) * chunkPoints + chunkPoints)),
    0,
  );
  if (points > queryLimits.points)
    throw new Problem(
      "query_too_large",
      `${plans.length} series have ${format(points)} points to read one by one; at most ${format(queryLimits.points)} are. Ask for a smaller width or range, fewer series, or NDJSON or CSV without a width.`,
    );
  const buckets = width === undefined ? 0 : plans.reduce((sum, { row }) => sum + Math.min(row.n, width), 0);
  if (buckets > queryLimits.buckets)
    throw new Problem(
      "query_too_large",
      `${plans.length} series of ${width} buckets are ${format(buckets)} in all; at most ${format(queryLimits.buckets)} are. Ask for a smaller width or fewer series.`,
    );
}
