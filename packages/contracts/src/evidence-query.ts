/** Questions to the evidence, and what they are answered with. */
import { ScheduleSpec } from "@etude/catalog";
import { z } from "zod";
import { Evidence, EvidenceTask, evidenceSources, NewEvidence, NewEvidenceTask, TaskFeatures } from "./evidence.ts";
import { RunId } from "./ids.ts";
import { JsonNumber } from "./run.ts";
import { SeriesKey } from "./series.ts";

const label = z.string().trim().min(1).max(128);

/** Which rows; all conditions must hold, an empty one takes everything. */
export const EvidenceFilter = z
  .strictObject({
    task: label.optional().describe("Id or hash of a task."),
    family: label.optional(),
    domain: label.optional(),
    dataset: label.optional(),
    model: label.optional(),
    optimizer: label.optional().describe("Kind."),
    schedule: label.optional().describe("Kind."),
    label: label.optional().describe("What the writer calls the schedule."),
    engine: label.optional(),
    source: z.enum(evidenceSources).optional(),
    study: label.optional(),
    run: RunId.optional(),
    role: z.enum(["tuning", "evaluation"]).optional(),
    seeds: z
      .strictObject({ from: z.int().min(0), to: z.int().min(0) })
      .optional()
      .describe("A group of seeds, both ends included."),
    similarTo: z
      .strictObject({ task: label, tasks: z.int().min(1).max(100).default(5) })
      .optional()
      .describe("The tasks nearest to this one by their features, itself included."),
  })
  .meta({ id: "EvidenceFilter" });
export type EvidenceFilter = z.output<typeof EvidenceFilter>;

export const EvidenceQuery = z
  .strictObject({
    filter: EvidenceFilter.prefault({}),
    by: z.enum(["cell", "row"]).default("cell").describe("One entry for each task and schedule, or for each training."),
    limit: z.int().min(1).max(500).default(100),
    cursor: z.string().max(400).optional().describe("`next` of the page before."),
  })
  .meta({ id: "EvidenceQuery" });
export type EvidenceQuery = z.output<typeof EvidenceQuery>;

/** Numbers over the seeds of one cell. A training that diverged counts as Infinity. */
export const SeedStatistics = z
  .object({
    count: z.int().min(0),
    diverged: z.int().min(0),
    mean: JsonNumber.nullable(),
    median: JsonNumber.nullable(),
    low: JsonNumber.nullable().describe("10th percentile."),
    high: JsonNumber.nullable().describe("90th percentile."),
    spread: z.number().nullable().describe("Standard deviation of ln(loss) over the seeds that did not diverge."),
    validation: JsonNumber.nullable().describe("Median of the final validation loss."),
    accuracy: z.number().nullable().describe("Median."),
  })
  .meta({ id: "SeedStatistics" });
export type SeedStatistics = z.output<typeof SeedStatistics>;

/** One schedule at one rate on one task, over all its seeds. */
export const EvidenceCell = z
  .object({
    cell: z.string(),
    task: EvidenceTask,
    features: TaskFeatures,
    engine: z.string(),
    schedule: ScheduleSpec.nullable(),
    scheduleKind: z.string(),
    label: z.string().nullable(),
    shape: z.string(),
    baseRate: z.number().nullable(),
    rateUnit: NewEvidence.shape.rateUnit.unwrap(),
    transferRate: z.number().nullable(),
    all: SeedStatistics,
    tuning: SeedStatistics,
    evaluation: SeedStatistics,
    gradientEvaluations: z.number().describe("Mean."),
    seconds: z.number().describe("Mean."),
    sources: z.array(z.string()),
    runIds: z.array(RunId).max(5).describe("Some of the runs behind it."),
    shipped: z.boolean().default(false).describe("From the corpus that Etude ships with."),
  })
  .meta({ id: "EvidenceCell" });
export type EvidenceCell = z.output<typeof EvidenceCell>;

export const EvidencePage = z
  .object({
    total: z.int().describe("Entries that match, on all pages."),
    cells: z.array(EvidenceCell).describe("Filled when asked by cell."),
    rows: z.array(Evidence).describe("Filled when asked by row."),
    next: z.string().nullable(),
  })
  .meta({ id: "EvidencePage" });
export type EvidencePage = z.output<typeof EvidencePage>;

export const EvidenceCurvesQuery = z
  .strictObject({
    filter: EvidenceFilter.prefault({}),
    key: SeriesKey.default("train/loss"),
    places: z
      .int()
      .min(2)
      .max(2000)
      .default(200)
      .describe("Places of the common grid, from the first step to the last."),
    smooth: z.number().min(0).max(1e9).default(0).describe("Span of the smoothing in steps; 0 turns it off."),
    axis: z.enum(["step", "fraction"]).default("step").describe("Aligned by step, or by the part of the run done."),
  })
  .meta({ id: "EvidenceCurvesQuery" });
export type EvidenceCurvesQuery = z.output<typeof EvidenceCurvesQuery>;

const column = z.array(JsonNumber);
export const EvidenceBand = z
  .object({
    scheduleKind: z.string(),
    label: z.string().nullable(),
    shape: z.string(),
    runIds: z.array(RunId),
    mean: column,
    deviation: column,
    min: column,
    max: column,
    count: z.array(z.int()),
  })
  .meta({ id: "EvidenceBand", description: "Curves of one shape on one grid, averaged." });

export const EvidenceCurves = z
  .object({
    key: SeriesKey,
    grid: z.array(z.number()),
    bands: z.array(EvidenceBand),
    leftOut: z.int().describe("Runs that match beyond the first 500."),
  })
  .meta({ id: "EvidenceCurves" });
export type EvidenceCurves = z.output<typeof EvidenceCurves>;

export const EvidenceExport = z
  .strictObject({
    filter: EvidenceFilter.prefault({}),
    what: z
      .enum(["summaries", "curves"])
      .default("summaries")
      .describe("A row for each training, or for each of its steps with the rate that was applied there."),
    format: z.enum(["csv", "parquet", "ndjson"]).default("csv"),
  })
  .refine(({ what, format }) => what === "summaries" || format !== "ndjson", {
    path: ["format"],
    message: "must be csv or parquet for curves; ndjson is for summaries, to be imported again",
  })
  .meta({ id: "EvidenceExport" });
export type EvidenceExport = z.output<typeof EvidenceExport>;

/** As exported: the derived fields may be there; they are computed anew. */
export const ImportedEvidence = NewEvidence.extend({
  ...Evidence.pick({ id: true, shape: true, scheduleHash: true, cell: true }).partial().shape,
  task: NewEvidenceTask.extend({ hash: EvidenceTask.shape.hash.optional() }),
}).meta({ id: "ImportedEvidence" });
export type ImportedEvidence = z.output<typeof ImportedEvidence>;

export const EvidenceImport = z
  .strictObject({ rows: z.array(ImportedEvidence).min(1).max(1000) })
  .meta({ id: "EvidenceImport" });

export const EvidenceReceipt = z
  .object({ received: z.int(), added: z.int().describe("Rows that were not there yet.") })
  .meta({ id: "EvidenceReceipt" });

/** A curve from elsewhere: the rate that each step used, and the training loss there. */
export const CurveImport = z
  .strictObject({
    task: NewEvidenceTask,
    features: TaskFeatures.prefault({}),
    label: label.describe("What to call the schedule, such as `cosine, lr 3e-4`."),
    schedule: ScheduleSpec.optional().describe("When it is one of Etude's; else the curve itself stands for it."),
    seed: z.int().min(0).max(4_294_967_295).default(0),
    curve: z
      .strictObject({
        step: z.array(z.number().min(0)).min(2).max(200_000),
        rate: z.array(z.number().min(0)),
        loss: z.array(JsonNumber),
      })
      .refine(({ step, rate, loss }) => step.length === rate.length && step.length === loss.length, {
        message: "step, rate and loss must have equally many entries",
      })
      .refine(({ step }) => step.every((value, i) => i === 0 || value > step[i - 1]!), {
        path: ["step"],
        message: "must be strictly increasing",
      }),
  })
  .meta({ id: "CurveImport" });
export type CurveImport = z.output<typeof CurveImport>;
