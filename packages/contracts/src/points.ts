/** What the client of an external run sends: points, a way back, the end. */
import { z } from "zod";
import { Failure, FailureReason, JsonNumber, RunStatus, RunSummary } from "./run.ts";
import { SeriesKey } from "./series.ts";

/** Points in one request, and series in one external run, whose cursor names each. */
export const maxPointsAtOnce = 1_000_000;
export const maxSeries = 256;

/** Content type of a request whose body is one `points-appended` frame (frame-codec.ts). */
export const frameType = "application/vnd.etude.frame";

const Steps = z.union([z.array(z.number()), z.strictObject({ first: z.number(), stride: z.number().positive() })]);

const NewPoints = z
  .strictObject({
    key: SeriesKey,
    from: z.int().min(0).describe("Ordinal of the first point in its series: how many recorded points it has before."),
    steps: Steps.describe("Strictly increasing; or the first and the distance between neighbours."),
    values: z.array(JsonNumber),
  })
  .refine(({ steps, values }) => !Array.isArray(steps) || steps.length === values.length, {
    path: ["values"],
    message: "must have as many entries as steps",
  });

export const PointsSpec = z
  .strictObject({
    attempt: z.int().min(1).optional().describe("Refuse the points when the run is at another attempt."),
    series: z
      .array(NewPoints)
      .min(1)
      .max(4096)
      .refine((series) => series.reduce((sum, { values }) => sum + values.length, 0) <= maxPointsAtOnce, {
        message: `must have at most ${maxPointsAtOnce} points in all`,
      }),
  })
  .meta({ id: "PointsSpec" });

/** How the log stands after the points: send the next ones of a series from `points` on. */
export const PointsReceipt = z
  .object({
    status: RunStatus.describe("`cancelling`: somebody wants the run to stop; finish it."),
    attempt: z.int(),
    points: z.int().describe("Recorded points of all series."),
    series: z.array(
      z.object({
        key: SeriesKey,
        points: z.int().describe("Recorded points of this series: the next ordinal."),
        accepted: z.int(),
        known: z.int().describe("Points skipped because they were recorded before."),
        late: z.int().describe("Points refused because their step was not above the last one."),
      }),
    ),
  })
  .meta({ id: "PointsReceipt" });
export type PointsReceipt = z.output<typeof PointsReceipt>;

export const RewindSpec = z
  .strictObject({
    toStep: z.int().min(0).max(2_147_483_647).describe("Points at this step and later are dropped."),
  })
  .meta({ id: "RewindSpec" });

export const FinishSpec = z
  .strictObject({
    outcome: z.enum(["completed", "failed", "cancelled"]),
    failure: z
      .strictObject({ ...Failure.shape, reason: FailureReason.default("error") })
      .optional()
      .describe("With outcome failed: why."),
    summary: RunSummary.partial().strict().optional().describe("What is absent is read off the recorded series."),
  })
  .refine(({ outcome, failure }) => outcome === "failed" || failure === undefined, {
    path: ["failure"],
    message: "only goes with the outcome failed",
  })
  .meta({ id: "FinishSpec" });
export type FinishSpec = z.output<typeof FinishSpec>;
