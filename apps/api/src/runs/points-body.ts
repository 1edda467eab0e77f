/** Bodies of writePoints: one frame or JSON, read into columns without a check of every number by its schema. */
import { decodeFrame, JsonNumber, maxPointsAtOnce, PointsSpec, Problem, SeriesKey } from "@etude/contracts";
import type { NewPoints } from "@etude/db";
import type { z } from "zod";

type PointsSpec = z.output<typeof PointsSpec>;
type NewSeries = NewPoints["series"][number];

/** A body whose points are read and checked. */
export class PointsBody {
  readonly points: NewPoints;
  constructor(points: NewPoints) {
    this.points = points;
  }
}

/** Reads a `points-appended` frame. Throws Problem validation_failed. */
export function readFrame(bytes: Uint8Array): PointsBody {
  try {
    const frame = decodeFrame(bytes, maxPointsAtOnce);
    if (frame.type !== "points-appended") throw new RangeError(`type is ${frame.type}; allowed is points-appended`);
    if (frame.series.some(({ from }) => from < 0)) throw new RangeError("from must be at least 0");
    return new PointsBody({ attempt: frame.attempt, series: frame.series });
  } catch (error) {
    throw new Problem("validation_failed", `The body is no frame: ${(error as Error).message}`);
  }
}

function stepsOf(steps: PointsSpec["series"][number]["steps"], n: number): Float64Array | undefined {
  const column = new Float64Array(n);
  if (Array.isArray(steps)) {
    if (steps.length !== n) return undefined;
    for (let i = 0; i < n; i += 1) {
      const step: unknown = steps[i];
      if (typeof step !== "number" || !Number.isFinite(step)) return undefined;
      column[i] = step;
    }
    return column;
  }
  const { first, stride, ...rest } = steps;
  if (!Number.isFinite(first) || !Number.isFinite(stride) || stride <= 0 || Object.keys(rest).length > 0)
    return undefined;
  for (let i = 0; i < n; i += 1) column[i] = first + i * stride;
  return column;
}

function valuesOf(values: PointsSpec["series"][number]["values"]): Float64Array | undefined {
  const column = new Float64Array(values.length);
  for (let i = 0; i < column.length; i += 1) {
    const value = values[i];
    if (!Number.isFinite(value) && (typeof value === "number" || !JsonNumber.safeParse(value).success))
      return undefined;
    column[i] = Number(value);
  }
  return column;
}

function seriesOf({ key, from, steps, values, ...rest }: PointsSpec["series"][number]): NewSeries | undefined {
  if (!SeriesKey.safeParse(key).success || !Number.isSafeInteger(from) || from < 0) return undefined;
  if (!Array.isArray(values) || values.length > maxPointsAtOnce || Object.keys(rest).length > 0) return undefined;
  if (typeof steps !== "object" || steps === null) return undefined;
  const columns = { steps: stepsOf(steps, values.length), values: valuesOf(values) };
  if (columns.steps === undefined || columns.values === undefined) return undefined;
  return { key, from, steps: columns.steps, values: columns.values };
}

/**
 * Reads a PointsSpec that fits; undefined for anything that may not, for which the schema then has the words. What it
 * takes is what the schema takes, in a tenth of the time.
 */
export function readSpec(body: unknown): PointsBody | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { attempt, series, ...rest } = body as PointsSpec;
  if (attempt !== undefined && (!Number.isSafeInteger(attempt) || attempt < 1)) return undefined;
  if (!Array.isArray(series) || series.length === 0 || series.length > 4096 || Object.keys(rest).length > 0)
    return undefined;
  let points = 0;
  const read: NewSeries[] = [];
  for (const one of series) {
    const columns = typeof one === "object" && one !== null ? seriesOf(one) : undefined;
    points += columns?.values.length ?? Infinity;
    if (columns === undefined || points > maxPointsAtOnce) return undefined;
    read.push(columns);
  }
  return new PointsBody({ attempt, series: read });
}

/** Reads the text of a PointsSpec that fits; undefined for anything else. */
export function readJson(text: string): PointsBody | undefined {
  try {
    return readSpec(JSON.parse(text));
  } catch {
    return undefined;
  }
}
