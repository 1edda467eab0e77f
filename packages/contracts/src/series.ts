import { z } from "zod";
import { RunId } from "./ids.ts";
import { JsonNumber } from "./run.ts";

/** `train/loss`, `validation/loss`, `learning-rate`, `learning-rate/dense-1`, … */
export const SeriesKey = z
  .string()
  .regex(/^[a-z0-9][\w./-]{0,127}$/i)
  .meta({ id: "SeriesKey" });
export type SeriesKey = z.output<typeof SeriesKey>;

/** An opaque mark in a run's log: everything before it is known to its holder. */
export const Cursor = z
  .string()
  .min(1)
  .max(4096)
  .meta({ id: "Cursor", description: "Opaque; send back what you got." });
export type Cursor = z.output<typeof Cursor>;

/** One row a series, kept current by every append: answers most questions without touching points. */
export const SeriesSummary = z
  .object({
    key: SeriesKey,
    index: z.int().min(0).describe("Position among the run's series; never changes."),
    points: z.int().min(0),
    firstStep: z.number().nullable(),
    lastStep: z.number().nullable(),
    last: JsonNumber.nullable(),
    min: z.number().nullable().describe("Over finite values."),
    minStep: z.number().nullable(),
    max: z.number().nullable(),
    maxStep: z.number().nullable(),
    mean: z.number().nullable(),
    nonFinite: z.int().min(0),
    late: z.int().min(0).describe("Points refused because their step was not above the last one."),
  })
  .meta({ id: "SeriesSummary" });
export type SeriesSummary = z.output<typeof SeriesSummary>;

export const ExactPoints = z
  .object({ step: z.array(z.number()), value: z.array(JsonNumber) })
  .meta({ id: "ExactPoints" });
export const BucketedPoints = z
  .object({
    step: z.array(z.number()).describe("Last step in each bucket."),
    last: z.array(JsonNumber),
    min: z.array(JsonNumber).describe("Over finite values; NaN where a bucket has none."),
    max: z.array(JsonNumber),
    mean: z.array(JsonNumber),
    count: z.array(z.int()),
  })
  .meta({ id: "BucketedPoints" });

const range = {
  key: SeriesKey,
  total: z.int().min(0).describe("Points in the asked range, before bucketing."),
  firstStep: z.number().nullable(),
  lastStep: z.number().nullable(),
};
export const SeriesHistory = z
  .discriminatedUnion("mode", [
    z.object({ mode: z.literal("exact"), ...range, points: ExactPoints }),
    z.object({ mode: z.literal("bucketed"), ...range, points: BucketedPoints }),
  ])
  .meta({ id: "SeriesHistory" });
export type SeriesHistory = z.output<typeof SeriesHistory>;

export const History = z
  .object({
    runId: RunId,
    attempt: z.int(),
    cursor: Cursor.describe("Subscribe with it to continue exactly where this answer ends."),
    series: z.array(SeriesHistory),
  })
  .meta({ id: "History" });
export type History = z.output<typeof History>;

const list = z
  .union([z.array(SeriesKey), SeriesKey.transform((key) => [key])])
  .describe("Repeat the parameter for several.");

export const HistoryQuery = z.object({
  key: list.optional().describe("Series wanted; all of them when absent. Repeat the parameter for several."),
  from: z.coerce.number().optional().describe("First step, inclusive."),
  to: z.coerce.number().optional().describe("Last step, inclusive."),
  width: z.coerce
    .number()
    .int()
    .min(1)
    .max(20_000)
    .optional()
    .describe("At most this many buckets a series; series that fit are exact. Absent: everything, exact."),
  format: z.enum(["json", "binary"]).default("json").describe("binary: one frame, see the frames reference."),
});

export const LogLevel = z.enum(["debug", "info", "warn", "error"]).meta({ id: "LogLevel" });
export const LogLine = z
  .object({ id: z.int(), at: z.iso.datetime(), attempt: z.int(), level: LogLevel, message: z.string() })
  .meta({ id: "LogLine" });
export type LogLine = z.output<typeof LogLine>;
