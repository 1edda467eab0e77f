import { DatasetSpec, GradientClip, MetricKind, ModelSpec, OptimizerSpec, ScheduleSpec } from "@etude/catalog";
import { z } from "zod";
import { Instant, RunId, StudyId } from "./ids.ts";
import { pool, runName, Sha256, Tags } from "./spec-parts.ts";
import { PolicyTrainingSpec, StudyRunSpec } from "./work.ts";

/** Where the mathematics may run, best first. `auto` takes the best one that has the kernels the model needs. */
export const backendNames = ["tensorflow-gpu", "webgpu", "tensorflow", "wasm", "cpu"] as const;
export const BackendName = z.enum(backendNames).meta({ id: "BackendName" });
export type BackendName = z.output<typeof BackendName>;

export const Budget = z
  .union([
    z.strictObject({ steps: z.int().min(1).max(10_000_000) }),
    z.strictObject({ epochs: z.int().min(1).max(100_000) }),
  ])
  .meta({ id: "Budget", description: "Length of the training: updates, or passes over the training split." });

/** Where a run goes on from: the weights and the optimizer's state that another run had there. */
export const ContinueFrom = z
  .strictObject({
    run: RunId,
    step: z.int().min(1).optional().describe("One of the run's checkpoints; absent: its last one."),
    checkpoint: Sha256.optional().describe(
      "Filled in by the server: this run keeps it, whatever becomes of the other.",
    ),
    bytes: z.int().min(0).optional().describe("Filled in by the server."),
  })
  .meta({ id: "ContinueFrom" });
export type ContinueFrom = z.output<typeof ContinueFrom>;

/** A training job: everything that decides the numbers, and nothing else. Same spec, seed and backend: same curve. */
export const TrainingSpec = z
  .strictObject({
    kind: z.literal("training").default("training"),
    name: runName,
    dataset: DatasetSpec,
    model: ModelSpec,
    optimizer: OptimizerSpec,
    schedule: ScheduleSpec,
    gradientClip: GradientClip.optional().describe("Absent: gradients are used as they are."),
    batchSize: z.int().min(1).max(65_536).default(32).describe("Examples in one update."),
    order: z
      .enum(["shuffled", "sequential"])
      .default("shuffled")
      .describe("shuffled: a new seeded order every epoch. sequential: batch k holds rows (k·b + i) mod n."),
    budget: Budget,
    evaluateEvery: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(50)
      .describe("Updates between evaluations on the validation split."),
    metrics: z
      .array(MetricKind)
      .max(20)
      .optional()
      .describe(
        "Recorded besides those that the task always has: accuracy for classes, mean absolute error for numbers.",
      ),
    seed: z.int().min(0).max(4_294_967_295).default(0).describe("Decides initial weights, order, noise and dropout."),
    checkpoint: z
      .strictObject({
        everySteps: z.int().min(1).optional(),
        everySeconds: z.number().min(0.1).max(86_400).default(10),
        keep: z
          .enum(["last", "all"])
          .default("last")
          .describe("last: the two newest, for resuming. all: each of them and one at the end, to continue from."),
      })
      .prefault({})
      .describe("How much work a crash may cost."),
    continueFrom: ContinueFrom.optional().describe(
      "Goes on from another run's checkpoint. Steps are counted on; the schedule starts anew there, for the steps that are left.",
    ),
    stop: z
      .strictObject({
        lossBelow: z.number().optional().describe("Stop when the validation loss falls below this."),
        metricAbove: z
          .strictObject({ metric: MetricKind, value: z.number() })
          .optional()
          .describe("Stop when this metric on the validation split rises above this."),
        patience: z
          .strictObject({
            evaluations: z.int().min(1).max(100_000),
            minDelta: z.number().min(0).default(0).describe("A smaller fall of the validation loss is none."),
          })
          .optional()
          .describe("Stop when the validation loss has not fallen for so many evaluations."),
        afterSeconds: z.number().positive().optional().describe("Fail with reason time-limit after this long."),
      })
      .prefault({}),
    backend: z.union([z.literal("auto"), BackendName]).default("auto"),
    pool,
    tags: Tags.default({}),
  })
  .meta({ id: "TrainingSpec" });
export type TrainingSpec = z.output<typeof TrainingSpec>;
export type TrainingSpecInput = z.input<typeof TrainingSpec>;

const label = z.string().trim().min(1).max(64).optional();

/** A run that Etude does not train itself: a loop elsewhere logs it. Nothing here decides the numbers, all of it is shown. */
export const ExternalSpec = z
  .strictObject({
    kind: z.literal("external"),
    name: z.string().trim().min(1).max(200).optional().describe("Shown in lists; made from the labels when absent."),
    dataset: label.describe("Any name; runs are found by it."),
    model: label.describe("Any name; runs are found by it."),
    optimizer: label.describe("Any name; runs are found by it."),
    schedule: ScheduleSpec.optional().describe("The schedule that the loop follows, when it is one of Etude's."),
    horizon: z.int().min(1).max(2_147_483_647).optional().describe("Updates in the whole run, when known."),
    stepsPerEpoch: z.int().min(1).max(2_147_483_647).optional(),
    seed: z.int().min(0).max(4_294_967_295).default(0),
    tags: Tags.default({}),
  })
  .meta({ id: "ExternalSpec" });
export type ExternalSpec = z.output<typeof ExternalSpec>;

/** What a user may submit; without a kind it is a training. */
export const RunSpec = z
  .discriminatedUnion("kind", [TrainingSpec, ExternalSpec, PolicyTrainingSpec, StudyRunSpec])
  .meta({ id: "RunSpec" });
export type RunSpec = z.output<typeof RunSpec>;
export type RunSpecInput = z.input<typeof RunSpec>;

/** What the learning package computes, by kind. */
export type WorkSpec = PolicyTrainingSpec | StudyRunSpec;
/** What a worker takes from the queue. */
export type QueuedSpec = TrainingSpec | WorkSpec;

/** The schedule that a run follows; undefined for work, and where an external loop did not tell. */
export const scheduleOf = (spec: RunSpec): ScheduleSpec | undefined => ("schedule" in spec ? spec.schedule : undefined);
export const seedOf = (spec: RunSpec): number => {
  if (spec.kind === "study") return 0;
  return spec.kind === "policy-training" ? spec.config.seed : spec.seed;
};

export const runStatuses = ["queued", "running", "cancelling", "paused", "completed", "failed", "cancelled"] as const;
export const RunStatus = z.enum(runStatuses).meta({ id: "RunStatus" });
export type RunStatus = z.output<typeof RunStatus>;

/** Nothing will change in a run with one of these, unless somebody retries it. */
export const endedStatuses = ["completed", "failed", "cancelled"] as const satisfies RunStatus[];
export const isEnded = (status: RunStatus): boolean => (endedStatuses as readonly RunStatus[]).includes(status);

export const FailureReason = z
  .enum(["diverged", "out-of-memory", "time-limit", "invalid-data", "no-backend", "lost-worker", "error"])
  .meta({ id: "FailureReason" });
export type FailureReason = z.output<typeof FailureReason>;

export const Failure = z
  .object({ reason: FailureReason, message: z.string(), step: z.int().optional() })
  .meta({ id: "Failure" });
export type Failure = z.output<typeof Failure>;

/** The backend that ran it, and why better ones did not. */
export const BackendReport = z
  .object({
    name: BackendName,
    library: z.string(),
    device: z.string(),
    reproducible: z.union([z.literal(true), z.literal("unknown")]),
    refused: z.array(z.object({ name: BackendName, why: z.string() })),
  })
  .meta({ id: "BackendReport" });
export type BackendReport = z.output<typeof BackendReport>;

/** A number that JSON cannot always hold. */
export const JsonNumber = z
  .union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])])
  .meta({ id: "JsonNumber", description: "A number, or one of the strings NaN, Infinity, -Infinity." });

/** How a finished run ended, for lists and queries. Steps are 0-based; a loss that was never measured is absent. */
export const RunSummary = z
  .object({
    steps: z.int(),
    finalTrainLoss: JsonNumber.optional(),
    finalValidationLoss: JsonNumber.optional(),
    bestValidationLoss: JsonNumber.optional(),
    bestStep: z.int().optional(),
    finalAccuracy: JsonNumber.optional().describe("Validation accuracy at the last evaluation, 0 to 1."),
    bestAccuracy: JsonNumber.optional(),
    seconds: z.number(),
    stepsPerSecond: z.number(),
  })
  .meta({ id: "RunSummary" });
export type RunSummary = z.output<typeof RunSummary>;

/** A point of a run that it can be taken up from: weights, optimizer and schedule as they stood there. */
export const Checkpoint = z
  .object({
    step: z.int().min(0).describe("Updates done; a resumed run goes on with this one."),
    attempt: z.int().min(1),
    bytes: z.int().min(0),
    at: Instant,
  })
  .meta({ id: "Checkpoint" });
export type Checkpoint = z.output<typeof Checkpoint>;

export const Run = z
  .object({
    id: RunId,
    name: z.string(),
    status: RunStatus,
    spec: RunSpec,
    studyId: StudyId.nullable(),
    clonedFrom: RunId.nullable(),
    attempt: z.int().min(0).describe("Deliveries so far; 0 while it has never been claimed."),
    step: z.int().min(0).describe("Updates recorded so far."),
    horizon: z
      .int()
      .min(0)
      .nullable()
      .describe("Updates in the whole run; with a budget in epochs null until a worker has seen the data."),
    points: z.int().min(0).describe("Recorded points of all series."),
    backend: BackendReport.nullable(),
    parameters: z.int().nullable().describe("Trainable weights of the model."),
    failure: Failure.nullable(),
    summary: RunSummary.nullable(),
    queuedAt: Instant,
    startedAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    lastAppendAt: Instant.nullable().describe("When points were last recorded, or a logger said that it is there."),
    stale: z
      .boolean()
      .describe("An external run that nothing was heard of for ETUDE_STALE_AFTER_MS; its next points clear it."),
    createdAt: Instant,
  })
  .meta({ id: "Run" });
export type Run = z.output<typeof Run>;
/** A run that Etude computes itself: the only kind that is ever queued and claimed. */
export type QueuedRun = Run & { readonly spec: QueuedSpec };
