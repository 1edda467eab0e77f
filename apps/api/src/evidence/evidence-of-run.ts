/** What an ended run leaves behind as evidence. */
import {
  type Evidence,
  type ExternalSpec,
  NewEvidence,
  type NewEvidenceInput,
  type NewEvidenceTask,
  type Run,
  type SeriesSummary,
  type TaskFeatures,
  type TrainingSpec,
} from "@etude/contracts";
import type { Database, SeriesColumns } from "@etude/db";
import { completeEvidence, type LossCurve, outcomeOfCurve, taskOfSpec, transferRate } from "@etude/learning";
import { type DataSizes, dataSizes } from "./data-sizes.ts";

/** Longer curves are read in this many buckets, which keep their minima and means. */
const width = 20_000;
const lossKey = "train/loss";

const log = (value: number | null | undefined): number | null => (value && value > 0 ? Math.log(value) : null);
const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function curveOf(columns: SeriesColumns): LossCurve {
  if (columns.mode === "exact") return { steps: columns.points.steps, losses: columns.points.values };
  const { step, mean, min, count } = columns.buckets;
  return { steps: step, losses: mean, lowest: min, weights: count };
}

const firstOf = (columns: SeriesColumns | undefined): number | undefined =>
  columns && (columns.mode === "exact" ? columns.points.values[0] : columns.buckets.mean[0]);

interface Described {
  readonly task: NewEvidenceTask;
  readonly features: Partial<TaskFeatures>;
}

function featuresOfSizes(sizes: DataSizes | null): Partial<TaskFeatures> {
  return sizes === null ? {} : { logN: log(sizes.examples), logD: log(sizes.inputs), classes: sizes.classes };
}

/** Returns task and features of a training of `steps` updates, as far as its spec tells. */
export async function describeSpec(spec: Omit<TrainingSpec, "schedule">, steps: number): Promise<Described> {
  const features = { ...featuresOfSizes(await dataSizes(spec.dataset)), logBatch: log(spec.batchSize) };
  return { task: taskOfSpec(spec, steps), features };
}

function describeExternal(spec: ExternalSpec, steps: number): Described {
  const { dataset = "external", model = "external", optimizer = "external" } = spec;
  const id = `${dataset}-${model}-${optimizer}-t${steps}`.slice(0, 128);
  const task = { id, family: dataset, domain: "other", dataset, model, optimizer, batchSize: null, steps } as const;
  return { task: { ...task, momentum: 0, specs: {} }, features: {} };
}

const endedWell = ({ status, failure }: Run): boolean =>
  status === "completed" || (status === "failed" && failure?.reason === "diverged");

/** Forward passes beyond those of the gradients; the trainer records their running number where a schedule tries steps. */
const extraForwards = (summaries: readonly SeriesSummary[], steps: number): number => {
  const passes = Number(summaries.find(({ key }) => key === "forward-passes")?.last ?? 0);
  return passes > steps ? Math.round(passes - steps) : 0;
};

/**
 * Returns the evidence of an ended run; null for runs that say nothing: cancelled, failed for another reason than
 * divergence, without a recorded training loss, or work that is no training. Throws Problem run_not_found.
 */
export async function evidenceOfRun(db: Database, run: Run): Promise<Evidence | null> {
  const { spec } = run;
  if (!endedWell(run) || (spec.kind !== "training" && spec.kind !== "external")) return null;
  const summaries = await db.history.summaries(run.id);
  const keys = [lossKey, "gradient-norm"].filter((key) => summaries.some((one) => one.key === key && one.points > 0));
  if (!keys.includes(lossKey)) return null;
  const { series } = await db.history.readHistory(run.id, { keys, width });
  const curve = curveOf(series.find(({ key }) => key === lossKey)!);
  const diverged = run.failure?.reason === "diverged";
  const steps = Math.max(1, run.horizon ?? run.step);
  const { task, features } = spec.kind === "training" ? await describeSpec(spec, steps) : describeExternal(spec, steps);
  const measured = {
    ...features,
    logParameters: log(run.parameters),
    lossAtStart: finite(curve.losses[0]),
    gradientNormAtStart: finite(firstOf(series.find(({ key }) => key === "gradient-norm"))),
  };
  const { finalValidationLoss, finalAccuracy, seconds = 0 } = run.summary ?? {};
  const schedule = spec.schedule ?? null;
  const row: NewEvidenceInput = {
    source: "run",
    engine: spec.kind === "external" ? "external" : `trainer/${run.backend?.name ?? "unknown"}`,
    runId: run.id,
    task,
    features: measured,
    schedule,
    scheduleKind: schedule?.kind ?? "external",
    ...(schedule === null && { label: run.name.slice(0, 128) }),
    ...transferRate(schedule, task, { topCurvature: null }),
    seed: spec.seed,
    outcome: {
      ...outcomeOfCurve(curve, diverged),
      ...(finalValidationLoss !== undefined && { finalValidationLoss }),
      ...(typeof finalAccuracy === "number" && finalAccuracy >= 0 && finalAccuracy <= 1 && { accuracy: finalAccuracy }),
      gradientEvaluations: run.step,
      extraForwards: extraForwards(summaries, run.step),
      seconds,
    },
    at: run.endedAt ?? run.createdAt,
  };
  return completeEvidence(NewEvidence.parse(row));
}
