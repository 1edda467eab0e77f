/**
 * The WebSocket at /v1/live. Text messages are JSON; binary messages are the frames of frame-codec.ts, whose header is
 * the same object without its columns. Points are a log with positions: `from` and `to` are the run's total number of
 * points before and after the frame.
 */
import { z } from "zod";
import { Instant, RunId, StudyId } from "./ids.ts";
import { JsonNumber, Run } from "./run.ts";
import { Cursor, LogLine, SeriesKey } from "./series.ts";

const numbers = z.array(z.number());
const values = z.array(JsonNumber);

/** A stretch of one series: points `from` … `from + n − 1` of that series. */
const stretch = { key: SeriesKey, index: z.int().min(0), from: z.int().min(0), n: z.int().min(0) };
/** A piece of a run's log: it continues a viewer whose attempt is the same and who has `from` points in all. */
const piece = { runId: RunId, attempt: z.int(), from: z.int().min(0), to: z.int().min(0), cursor: Cursor };

export const PointsAppended = z
  .object({
    type: z.literal("points-appended"),
    ...piece,
    series: z.array(z.object({ ...stretch, steps: numbers, values })),
  })
  .meta({ id: "PointsAppended" });

/** Sent instead of points to a viewer far behind: `n` points of each series folded into buckets. Exact ones by HTTP. */
export const PointsSummarised = z
  .object({
    type: z.literal("points-summarised"),
    ...piece,
    series: z.array(
      z.object({ ...stretch, step: numbers, last: values, min: values, max: values, mean: values, count: numbers }),
    ),
  })
  .meta({ id: "PointsSummarised" });

/** A new attempt went back to a checkpoint: keep the first `n` points of each series, drop the rest. */
export const HistoryRewound = z
  .object({
    type: z.literal("history-rewound"),
    runId: RunId,
    attempt: z.int(),
    step: z.number().describe("Points at this step and later were dropped."),
    cursor: Cursor,
    series: z.array(z.object({ key: SeriesKey, index: z.int(), n: z.int() })),
  })
  .meta({ id: "HistoryRewound" });

export const ServerFrame = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("subscribed"), run: Run, cursor: Cursor }),
    PointsAppended,
    PointsSummarised,
    HistoryRewound,
    z.object({ type: z.literal("run-changed"), run: Run }),
    z.object({ type: z.literal("run-deleted"), runId: RunId }),
    z.object({ type: z.literal("log-appended"), runId: RunId, lines: z.array(LogLine) }),
    z.object({ type: z.literal("heartbeat"), at: Instant }),
    z.object({
      type: z.literal("problem"),
      code: z.string(),
      title: z.string(),
      detail: z.string(),
      runId: RunId.optional(),
    }),
  ])
  .meta({ id: "ServerFrame" });
export type ServerFrame = z.output<typeof ServerFrame>;

export const ClientFrame = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("subscribe"),
      runId: RunId.optional(),
      studyId: StudyId.optional().describe("Every run of the study, those created later too."),
      after: Cursor.optional().describe("With runId: continue from here; absent: from the beginning."),
      format: z.enum(["binary", "json"]).default("binary"),
    }),
    z.strictObject({ type: z.literal("unsubscribe"), runId: RunId.optional(), studyId: StudyId.optional() }),
    z.strictObject({ type: z.literal("ping"), id: z.int().optional() }),
  ])
  .meta({ id: "ClientFrame" });
export type ClientFrame = z.output<typeof ClientFrame>;
export type ClientFrameInput = z.input<typeof ClientFrame>;
