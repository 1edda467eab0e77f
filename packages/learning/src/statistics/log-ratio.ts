/** Stands for the log ratio of a run that diverged to one that did not; finite, so that medians stay numbers. */
export const worstLogRatio = 1000;

/**
 * Returns ln(mine / theirs) of each pair: losses floored at the resolution, a loss that is not finite means diverged.
 * Both diverged is 0, one diverged is ±1000.
 */
export function pairedLogRatios(mine: readonly number[], theirs: readonly number[], resolution: number): number[] {
  if (mine.length !== theirs.length) throw new RangeError(`pairs must match; got ${mine.length} and ${theirs.length}`);
  return mine.map((loss, i) => {
    const other = theirs[i]!;
    if (!Number.isFinite(loss)) return Number.isFinite(other) ? worstLogRatio : 0;
    if (!Number.isFinite(other)) return -worstLogRatio;
    return Math.log(Math.max(loss, resolution) / Math.max(other, resolution));
  });
}
