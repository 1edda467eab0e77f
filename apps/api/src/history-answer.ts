/** From the columns of packages/db to what the history operation answers, as JSON or as one frame. */
import {
  encodeBuckets,
  encodePoints,
  type History,
  type RunId,
  type SeriesBuckets,
  toJsonNumbers,
} from "@etude/contracts";
import type { HistoryColumns, SeriesColumns } from "@etude/db";

function toJson({ key, total, firstStep, lastStep, ...columns }: SeriesColumns): History["series"][number] {
  const range = { key, total, firstStep, lastStep };
  if (columns.mode === "exact") {
    const { steps, values } = columns.points;
    return { mode: "exact", ...range, points: { step: Array.from(steps), value: toJsonNumbers(values) } };
  }
  const { step, last, min, max, mean, count } = columns.buckets;
  return {
    mode: "bucketed",
    ...range,
    points: {
      step: Array.from(step),
      last: toJsonNumbers(last),
      min: toJsonNumbers(min),
      max: toJsonNumbers(max),
      mean: toJsonNumbers(mean),
      count: Array.from(count),
    },
  };
}

/** Returns the JSON answer. */
export const historyJson = ({ runId, attempt, cursor, series }: HistoryColumns): History => ({
  runId: runId as RunId,
  attempt,
  cursor,
  series: series.map(toJson),
});

/** A point is a bucket of one; a value that is not finite has no min, max and mean. */
function bucketsOf({
  key,
  index,
  from,
  steps,
  values,
}: Extract<SeriesColumns, { mode: "exact" }>["points"]): SeriesBuckets {
  const finite = values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const count = new Float64Array(values.length).fill(1);
  return {
    key,
    index,
    from,
    n: values.length,
    step: steps,
    last: values,
    min: finite,
    max: finite,
    mean: finite,
    count,
  };
}

/** Returns the binary answer: points, or buckets when any series had to be bucketed. */
export function historyFrame({ runId, attempt, total, cursor, series }: HistoryColumns): Uint8Array<ArrayBuffer> {
  const piece = { runId, attempt, from: 0, to: total, cursor };
  if (series.every((one) => one.mode === "exact"))
    return encodePoints({ ...piece, series: series.map(({ points }) => points) });
  return encodeBuckets({
    ...piece,
    series: series.map((one) => (one.mode === "exact" ? bucketsOf(one.points) : one.buckets)),
  });
}
