import type { SeriesBuckets, SeriesPoints } from "@etude/contracts";
import type { PointsEvent } from "./live-event.ts";

type AnySeries = SeriesPoints | SeriesBuckets;

/** Points that a piece of a series stands for. */
export const pointsOf = (series: AnySeries): number => ("count" in series ? series.n : series.steps.length);

function drop(series: AnySeries, points: number): AnySeries | undefined {
  const from = series.from + points;
  if (!("count" in series)) {
    return { ...series, from, steps: series.steps.subarray(points), values: series.values.subarray(points) };
  }
  let bucket = 0;
  let covered = 0;
  while (covered < points) covered += series.count[bucket++] as number;
  if (covered > points) return undefined; // The boundary falls inside a bucket.
  const rest = (column: Float64Array): Float64Array => column.subarray(bucket);
  return {
    ...series,
    from,
    n: series.n - points,
    step: rest(series.step),
    last: rest(series.last),
    min: rest(series.min),
    max: rest(series.max),
    mean: rest(series.mean),
    count: rest(series.count),
  };
}

/**
 * Cuts from a frame what its reader already has.
 *
 * `have(series)` is the number of points known of a series, or undefined when the reader does not know. Returns the frame
 * with the new points only (its series may be empty), or undefined when points between are missing.
 */
export function continueFrom<Event extends PointsEvent>(
  event: Event,
  have: (series: { readonly key: string; readonly index: number }) => number | undefined,
): Event | undefined {
  const series: AnySeries[] = [];
  for (const one of event.series as readonly AnySeries[]) {
    const known = have(one) ?? one.from;
    if (known < one.from) return undefined;
    const overlap = known - one.from;
    if (overlap >= pointsOf(one)) continue;
    const rest = overlap === 0 ? one : drop(one, overlap);
    if (rest === undefined) return undefined;
    series.push(rest);
  }
  return { ...event, series };
}
