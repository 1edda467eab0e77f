import type { SeriesWrite } from "../sql/write-columns.ts";
import { chunkPoints, encodeColumns } from "./columns.ts";
import type { SeriesState } from "./series-state.ts";
import { fold, summarise } from "./summary.ts";

/** Points of a series in all. */
export const countOf = ({ sealed, tail }: Pick<SeriesState, "sealed" | "tail">): number =>
  sealed * chunkPoints + tail.values.length;

/** The row of `series` for a state. */
export function seriesWrite({ index, key, late, sealed, sealedSummary, sealedEnd, tail }: SeriesState): SeriesWrite {
  const summary = fold(sealedSummary, summarise(tail.steps, tail.values, sealedEnd));
  const stored = encodeColumns(tail.steps, tail.values);
  return {
    index,
    key,
    n: sealed * chunkPoints + tail.values.length,
    first_step: summary.firstStep,
    last_step: summary.lastStep,
    last: summary.last,
    min: summary.min,
    min_step: summary.minStep,
    max: summary.max,
    max_step: summary.maxStep,
    sum: summary.sum,
    area: summary.area,
    non_finite: summary.nonFinite,
    late,
    sealed,
    tail_stride: stored.stride,
    tail_step0: stored.step0,
    tail_enc: stored.enc,
    tail_steps: stored.steps,
    tail_vals: stored.vals,
  };
}
