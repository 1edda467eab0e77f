/** Asking for many series of many runs at once. */
import { z } from "zod";
import { RunId } from "./ids.ts";
import { JsonNumber } from "./run.ts";
import { BucketedPoints, ExactPoints, SeriesKey } from "./series.ts";

/** What one answer may hold; more is refused with the figures. */
export const queryLimits = {
  runs: 1000,
  series: 4000,
  /** Points read for one answer: exact ones, and those that fine buckets are made of. */
  points: 4_000_000,
  /** Points of a text that is streamed. */
  streamedPoints: 200_000_000,
  /** Buckets of all series together. */
  buckets: 1_000_000,
} as const;

export const axes = ["step", "epoch", "seconds", "progress"] as const;
export const Axis = z
  .enum(axes)
  .describe(
    "step; epoch: step over the updates of an epoch; seconds: the run's own clock (elapsed-seconds); progress: 0 at the first update, 1 at the last one planned.",
  );
export type Axis = z.output<typeof Axis>;

export const RunSelector = z
  .union([
    z.strictObject({ ids: z.array(RunId).min(1).max(queryLimits.runs) }),
    z.strictObject({
      query: z.string().max(4000).describe("As in POST /v1/runs/query."),
      limit: z
        .int()
        .min(1)
        .max(queryLimits.runs)
        .default(queryLimits.runs)
        .describe("Runs at most; `more` says when others match too."),
    }),
  ])
  .describe("Which runs: by their ids, or by a query.");

const Groups = z
  .strictObject({
    by: z
      .array(z.string().min(1).max(500))
      .max(4)
      .default([])
      .describe(
        "Values whose runs belong together: schedule.kind, tags.patience, spec.seed. Empty: all are one group.",
      ),
    places: z
      .int()
      .min(2)
      .max(2000)
      .default(200)
      .describe("Evenly spaced places of the axis that curves are brought onto."),
    quantiles: z.array(z.number().min(0).max(1)).max(9).default([0.1, 0.5, 0.9]),
    curves: z.boolean().default(false).describe("The single curves as well."),
  })
  .describe("Bring the curves of runs together: mean and band.");

export const SeriesQuery = z
  .strictObject({
    runs: RunSelector,
    keys: z.array(SeriesKey).min(1).max(64),
    axis: Axis.default("step"),
    from: z.number().optional().describe("First place wanted, on the axis; inclusive."),
    to: z.number().optional().describe("Last place wanted, on the axis; inclusive."),
    width: z
      .int()
      .min(1)
      .max(20_000)
      .optional()
      .describe("At most this many buckets a series; series that fit are exact. Absent: everything, exact."),
    group: Groups.optional(),
  })
  .meta({ id: "SeriesQuery" });
export type SeriesQuery = z.output<typeof SeriesQuery>;

const column = z.array(JsonNumber);
const curve = {
  runId: RunId,
  key: SeriesKey,
  total: z.int().describe("Points in the asked range, before bucketing."),
  firstStep: z.number().nullable(),
  lastStep: z.number().nullable(),
  x: column
    .nullable()
    .describe("The place of each step on the axis; null on the axis step. NaN where it is not known."),
};

export const QueriedSeries = z
  .discriminatedUnion("mode", [
    z.object({ mode: z.literal("exact"), ...curve, points: ExactPoints }),
    z.object({ mode: z.literal("bucketed"), ...curve, points: BucketedPoints }),
  ])
  .meta({ id: "QueriedSeries" });

export const QueriedGroup = z
  .object({
    key: SeriesKey,
    by: z.array(z.object({ select: z.string(), value: z.unknown() })),
    runIds: z.array(RunId),
    mode: z.enum(["exact", "bucketed"]).describe("bucketed: some curve was too long to be read point by point."),
    x: z.array(z.number()),
    count: z.array(z.int()).describe("Curves with a finite value there."),
    mean: column,
    deviation: column.describe("Sample standard deviation; NaN for fewer than two curves."),
    min: column.describe("Lowest value of any curve since the place before: a spike between places shows."),
    max: column,
    quantiles: z.array(z.object({ quantile: z.number(), values: column })),
  })
  .meta({ id: "QueriedGroup" });

export const SeriesQueryAnswer = z
  .object({
    axis: Axis,
    series: z.array(QueriedSeries),
    groups: z.array(QueriedGroup).nullable(),
    more: z
      .boolean()
      .describe("More runs match than the selector's limit; in other forms than JSON the header x-etude-more says it."),
    missing: z
      .array(z.object({ runId: RunId, key: SeriesKey, why: z.string() }))
      .describe("What was asked for and is not there."),
  })
  .meta({ id: "SeriesQueryAnswer" });
export type SeriesQueryAnswer = z.output<typeof SeriesQueryAnswer>;

/** Content types that a series query can be answered in, besides JSON. */
export const queryFormats = {
  frames: "application/vnd.etude.frames",
  arrow: "application/vnd.apache.arrow.stream",
  parquet: "application/vnd.apache.parquet",
  ndjson: "application/x-ndjson",
  csv: "text/csv",
} as const;
