import { type SeriesQueryAnswer, toJsonNumbers } from "@etude/contracts";
import type { Group } from "../query/groups.ts";
import type { QueriedCurve, QueryResult } from "../query/result.ts";

function curveJson({ columns, x }: QueriedCurve): SeriesQueryAnswer["series"][number] {
  const { runId, key, total, firstStep, lastStep } = columns;
  const base = { runId: runId as never, key, total, firstStep, lastStep, x: x && toJsonNumbers(x) };
  if (columns.mode === "exact") {
    const { steps, values } = columns.points;
    return { mode: "exact", ...base, points: { step: Array.from(steps), value: toJsonNumbers(values) } };
  }
  const { step, last, min, max, mean, count } = columns.buckets;
  const points = {
    step: Array.from(step),
    last: toJsonNumbers(last),
    min: toJsonNumbers(min),
    max: toJsonNumbers(max),
    mean: toJsonNumbers(mean),
    count: Array.from(count),
  };
  return { mode: "bucketed", ...base, points };
}

const groupJson = ({ key, by, runIds, mode, x, band, quantiles }: Group) => ({
  key,
  by: [...by],
  runIds: [...runIds],
  mode,
  x: Array.from(x),
  count: Array.from(band.count),
  mean: toJsonNumbers(band.mean),
  deviation: toJsonNumbers(band.deviation),
  min: toJsonNumbers(band.min),
  max: toJsonNumbers(band.max),
  quantiles: quantiles.map(({ quantile, values }) => ({ quantile, values: toJsonNumbers(values) })),
});

/** The answer as JSON. */
export function queryJson({ axis, curves, groups, more, missing }: QueryResult): string {
  const answer: SeriesQueryAnswer = {
    axis,
    series: curves.map(curveJson),
    groups: groups && groups.map(groupJson),
    more,
    missing: [...missing],
  };
  return JSON.stringify(answer);
}
