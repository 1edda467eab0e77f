/** Advice: which schedules to try on a task, how sure, and why. */
import { ScheduleSpec } from "@etude/catalog";
import { z } from "zod";
import { EvidenceTask, TaskDomain, TaskFeatures } from "./evidence.ts";
import { RunId } from "./ids.ts";
import { TrainingSpec } from "./run.ts";

const label = z.string().trim().min(1).max(128);

/** A training job without its schedule: what to ask advice for. */
export const TaskSpec = TrainingSpec.omit({ schedule: true }).meta({ id: "TaskSpec" });
export type TaskSpec = z.output<typeof TaskSpec>;

/** A task in words and numbers, for trainings that Etude does not do itself. */
export const TaskDescription = z
  .strictObject({
    optimizer: label.describe("Kind of the optimizer."),
    steps: z.int().min(1).describe("Updates in the whole run."),
    batchSize: z.int().min(1).nullable().default(null),
    momentum: z.number().min(0).lt(1).default(0),
    domain: TaskDomain.default("other"),
    dataset: label.optional(),
    model: label.optional(),
    features: TaskFeatures.prefault({}),
  })
  .meta({ id: "TaskDescription" });
export type TaskDescription = z.output<typeof TaskDescription>;

export const RecommendationRequest = z
  .strictObject({
    task: z
      .union([
        z.strictObject({ known: label.describe("Id or hash of a task in the evidence.") }),
        z.strictObject({ run: TaskSpec.describe("A training run without a schedule.") }),
        z.strictObject({ described: TaskDescription }),
      ])
      .describe("One of: known, run, described."),
    k: z.int().min(1).max(10).default(3).describe("Schedules to recommend; the best of them is what counts."),
    ranker: label.optional().describe("Another ranker than the default, by name."),
    objective: z.enum(["train-loss", "validation-loss"]).default("train-loss"),
    shipped: z.boolean().default(true).describe("Whether the corpus that Etude ships with may speak too."),
  })
  .meta({ id: "RecommendationRequest" });
export type RecommendationRequest = z.output<typeof RecommendationRequest>;

const Interval = z.object({ median: z.number(), low: z.number(), high: z.number() });

export const RecommendedSchedule = z
  .object({
    rank: z.int().min(1),
    title: z.string().describe("Label or kind of the schedule."),
    schedule: ScheduleSpec.describe("With its base rate, ready to use."),
    shape: z.string(),
    rate: z.object({
      base: z.number().nullable().describe("In the optimizer's own unit."),
      low: z.number().nullable().describe("A quarter of the similar tasks did best below it."),
      high: z.number().nullable().describe("A quarter of the similar tasks did best above it."),
      from: z.enum(["this task", "similar tasks by curvature", "similar tasks by rate", "bound", "custom"]),
    }),
    predicted: z.object({
      regret: Interval.nullable().describe("Loss over that of the best known schedule; 1 is the best."),
      loss: Interval.nullable().describe("Final loss; null where nothing gives its scale."),
      from: z.enum(["seeds of this task", "similar tasks", "nothing"]),
    }),
    support: z.object({
      cells: z.int(),
      trainings: z.int(),
      tasks: z.int(),
      shipped: z.int().describe("Trainings among them that come from the shipped corpus."),
    }),
    runIds: z.array(RunId).describe("Runs behind it, at most 10."),
    why: z.string(),
    spec: TrainingSpec.nullable().describe("Ready to submit; null where Etude cannot train the task itself."),
  })
  .meta({ id: "RecommendedSchedule" });
export type RecommendedSchedule = z.output<typeof RecommendedSchedule>;

export const Recommendation = z
  .object({
    task: EvidenceTask.partial().extend({ optimizer: z.string(), steps: z.int() }).describe("The task as understood."),
    ranker: z.string(),
    support: z.int().describe("Trainings that the advice rests on; 0: it is only what is customary."),
    reason: z.string().describe("In words: what the advice rests on."),
    similarTasks: z.array(z.object({ id: z.string(), hash: z.string(), distance: z.number(), shipped: z.boolean() })),
    schedules: z.array(RecommendedSchedule),
  })
  .meta({ id: "Recommendation" });
export type Recommendation = z.output<typeof Recommendation>;
