/** What may be deleted by itself. */
import { z } from "zod";
import { Instant, RunId, StudyId } from "./ids.ts";

const days = z.number().min(0).max(36_500);

/** Rules of one policy. Runs that have not ended, and runs that a waiting run needs, are never touched. */
export const RetentionRules = z
  .strictObject({
    deleteAfterDays: days.optional().describe("Delete runs that ended longer ago; absent: delete none."),
    keepBest: z
      .strictObject({
        metric: z.enum(["best-validation-loss", "final-validation-loss", "final-train-loss"]),
        count: z.int().min(1).max(10_000),
      })
      .optional()
      .describe("Of each study, and of the runs without one, keep those with the lowest value."),
    keepTags: z
      .array(z.string().regex(/^[\w.-]{1,64}(=.{0,256})?$/))
      .max(32)
      .default(["pinned"])
      .describe("Keep runs with one of these tags: key or key=value."),
    thinSystemAfterDays: days
      .optional()
      .describe("Keep one point in 64 of the series system/… of runs that ended longer ago."),
  })
  .refine((rules) => rules.deleteAfterDays !== undefined || rules.thinSystemAfterDays !== undefined, {
    message: "needs deleteAfterDays, thinSystemAfterDays or both",
  })
  .meta({ id: "RetentionRules" });
export type RetentionRules = z.output<typeof RetentionRules>;

export const RetentionPolicy = z
  .object({
    id: z.uuid(),
    studyId: StudyId.nullable().describe("Null: of every run whose study has no policy of its own."),
    rules: RetentionRules,
    updatedAt: Instant,
  })
  .meta({ id: "RetentionPolicy" });
export type RetentionPolicy = z.output<typeof RetentionPolicy>;

export const RetentionSpec = z
  .strictObject({
    studyId: StudyId.optional().describe("Absent: every run whose study has no policy of its own."),
    rules: RetentionRules,
  })
  .meta({ id: "RetentionSpec" });

/** What policies would do now. */
export const RetentionPreview = z
  .object({
    delete: z.object({
      runs: z.int(),
      points: z.int(),
      first: z
        .array(
          z.object({ id: RunId, name: z.string(), studyId: StudyId.nullable(), endedAt: Instant, points: z.int() }),
        )
        .describe("Up to 100 of them, the oldest first."),
    }),
    keep: z
      .object({ best: z.int(), tagged: z.int(), needed: z.int() })
      .describe("Runs that are old enough to go and stay, by the first reason that holds."),
    thin: z.object({ runs: z.int() }),
  })
  .meta({ id: "RetentionPreview" });
export type RetentionPreview = z.output<typeof RetentionPreview>;
