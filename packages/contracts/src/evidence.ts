/** Evidence: what one finished training says about a schedule on a task. */
import { OptimizerSpec, DatasetSpec, ModelSpec, ScheduleSpec } from "@etude/catalog";
import { z } from "zod";
import { Instant, RunId } from "./ids.ts";
import { JsonNumber } from "./run.ts";

const label = z.string().trim().min(1).max(128);
const hash = z.string().min(8).max(64);
const measured = z.number().nullable().default(null);
const count = z.int().min(0);

export const taskDomains = ["analytic", "tabular", "vision", "text", "factorisation", "other"] as const;
export const TaskDomain = z.enum(taskDomains).meta({ id: "TaskDomain" });
export type TaskDomain = z.output<typeof TaskDomain>;

/** What was trained, as far as it decides which schedule is best: everything but schedule and seed. */
export const NewEvidenceTask = z
  .strictObject({
    id: label.describe("Readable and unique, such as `softmax-digits`."),
    family: label.describe("Tasks of one family share data and model class; claims count families."),
    domain: TaskDomain,
    dataset: label.describe("Kind or name of the data."),
    model: label.describe("Kind or name of the model."),
    optimizer: label.describe("Kind of the optimizer."),
    batchSize: z.int().min(1).nullable().describe("Examples in one update; null where a step sees everything."),
    steps: z.int().min(1).describe("Updates in the whole run."),
    momentum: z.number().min(0).lt(1).default(0).describe("Of the optimizer; part of the transfer unit of the rate."),
    specs: z
      .strictObject({ dataset: DatasetSpec, model: ModelSpec, optimizer: OptimizerSpec })
      .partial()
      .default({})
      .describe("Parts that Etude can train itself; a recommendation makes a ready run from them."),
  })
  .meta({ id: "NewEvidenceTask" });
export type NewEvidenceTask = z.output<typeof NewEvidenceTask>;

export const EvidenceTask = NewEvidenceTask.extend({
  hash: hash.describe("Of everything above but family and domain."),
}).meta({ id: "EvidenceTask" });
export type EvidenceTask = z.output<typeof EvidenceTask>;

/** Measures of a task before its first update; null where they were not taken. */
export const TaskFeatures = z
  .strictObject({
    logN: measured.describe("Natural logarithm of the number of training examples."),
    logD: measured.describe("Natural logarithm of the number of inputs of one example."),
    classes: measured,
    logBatch: measured,
    logParameters: measured,
    lossAtStart: measured,
    gradientNormAtStart: measured,
    gradientNoiseRatio: measured.describe("Variance of the batch gradient over the square of its mean, 8 batches."),
    topCurvature: measured.describe("Largest eigenvalue of the Hessian at the start; null where it did not converge."),
  })
  .meta({ id: "TaskFeatures" });
export type TaskFeatures = z.output<typeof TaskFeatures>;

export const EvidenceOutcome = z
  .strictObject({
    finalTrainLoss: JsonNumber.describe("Full objective where it was measured, else the loss of the last batch."),
    bestTrainLoss: JsonNumber,
    tailTrainLoss: JsonNumber.describe("Mean over the last 10 % of the steps."),
    finalValidationLoss: JsonNumber.optional(),
    accuracy: z.number().min(0).max(1).optional().describe("On held-out data, at the end."),
    stepsTo: z
      .array(z.strictObject({ target: z.number(), step: count.nullable() }))
      .max(32)
      .default([])
      .describe("Updates until the training loss was at most the target; null: never."),
    areaLogLoss: z.number().nullable().default(null).describe("Mean of ln(train loss) over the steps."),
    diverged: z.boolean(),
    gradientEvaluations: count,
    extraForwards: count.default(0).describe("Forward passes beyond those of the gradients; each costs a third."),
    seconds: z.number().min(0),
  })
  .meta({ id: "EvidenceOutcome" });
export type EvidenceOutcome = z.output<typeof EvidenceOutcome>;

export const evidenceSources = ["run", "study", "import"] as const;

/** One finished training as its writer gives it; ids and hashes are derived from it. */
export const NewEvidence = z
  .strictObject({
    source: z.enum(evidenceSources),
    engine: label.describe("What computed it: `trainer/wasm`, `array`, …"),
    runId: RunId.optional().describe("With source run."),
    studyId: label.optional().describe("With source study: id of the study or hash of its plan."),
    importId: label.optional().describe("With source import: names the file or collection."),
    task: NewEvidenceTask,
    features: TaskFeatures.prefault({}),
    schedule: ScheduleSpec.nullable().describe("The whole schedule; null where only the rate curve is known."),
    scheduleKind: label,
    label: label.optional().describe("How its writer calls the schedule, such as `greedy-raw`."),
    baseRate: z.number().min(0).nullable().describe("Base or peak rate in the optimizer's own unit."),
    rateUnit: z
      .enum(["rate", "curvature", "bound"])
      .default("rate")
      .describe("Unit of `transferRate`: as is; times topCurvature/(2(1+momentum)); or a multiple of the bound."),
    transferRate: z.number().min(0).nullable().describe("The base rate in the unit that carries over between tasks."),
    seed: z.int().min(0),
    role: z.enum(["tuning", "evaluation"]).optional().describe("Which seeds of a study: to choose rates, or to judge."),
    outcome: EvidenceOutcome,
    at: Instant,
  })
  .meta({ id: "NewEvidence" });
export type NewEvidence = z.output<typeof NewEvidence>;
export type NewEvidenceInput = z.input<typeof NewEvidence>;

export const Evidence = NewEvidence.extend({
  id: hash.describe(
    "Of task, schedule, seed, engine and source: the same training has one id, however often it comes.",
  ),
  task: EvidenceTask,
  shape: hash.describe("Hash of the schedule without its base rate."),
  scheduleHash: hash.describe("Hash of the whole schedule."),
  cell: hash.describe("Of task, schedule and engine: rows that differ only in seed and source share it."),
}).meta({ id: "Evidence", description: "What one finished training says about a schedule on a task." });
export type Evidence = z.output<typeof Evidence>;

/**
 * Returns the training loss that schedules are compared by: the full objective at the end where a study measured it,
 * else the mean over the last tenth of the steps; Infinity where the training diverged.
 */
export function comparedLoss({ source, outcome }: Pick<Evidence, "source" | "outcome">): number {
  if (outcome.diverged) return Infinity;
  const loss = Number(source === "study" ? outcome.finalTrainLoss : outcome.tailTrainLoss);
  return Number.isNaN(loss) ? Infinity : loss;
}

/** Returns the final validation loss, Infinity where the training diverged, null where it was not measured. */
export function comparedValidationLoss({ outcome }: Pick<Evidence, "outcome">): number | null {
  if (outcome.finalValidationLoss === undefined) return null;
  const loss = Number(outcome.finalValidationLoss);
  return outcome.diverged || Number.isNaN(loss) ? Infinity : loss;
}
