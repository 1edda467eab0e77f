import { z } from "zod";
import { Instant, StudyId } from "./ids.ts";
import { RunStatus } from "./run.ts";
import { pool } from "./spec-parts.ts";
import { StudyPlan } from "./study-plan.ts";

export const StudyName = z.string().trim().min(1).max(200).meta({ id: "StudyName" });

export const StudySpec = z
  .strictObject({
    name: StudyName,
    note: z.string().max(10_000).default(""),
    plan: StudyPlan.optional().describe(
      "Problems × schedules × seeds under one protocol: queued as a run of kind study, which leaves the report.",
    ),
    pool,
  })
  .meta({ id: "StudySpec" });

/** Runs that belong together. */
export const Study = z
  .object({
    id: StudyId,
    name: StudyName,
    note: z.string(),
    runs: z.partialRecord(RunStatus, z.int()).describe("How many runs have each status."),
    createdAt: Instant,
  })
  .meta({ id: "Study" });
export type Study = z.output<typeof Study>;
