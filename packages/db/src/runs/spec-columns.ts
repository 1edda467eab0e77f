import {
  type ExternalSpec,
  type RunSpec,
  type RunSummary,
  seedOf,
  type TrainingSpec,
  type WorkSpec,
} from "@etude/contracts";

/** A tag as the entries that filters look for: its key, and key=value. */
const tagEntries = (tags: Readonly<Record<string, string>>): string[] =>
  Object.entries(tags).flatMap(([key, value]) => [key, `${key}=${value}`]);

/** The name shown for a spec without one: its parts. */
const nameOf = (parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(" · ") || "external run";

/** What filters see of an external run: the client's labels, empty where it gave none. */
function externalColumns({ dataset, model, optimizer, schedule, horizon }: ExternalSpec) {
  return {
    scheduleKind: schedule?.kind ?? "",
    modelKind: model ?? "",
    datasetKind: dataset ?? "",
    optimizerKind: optimizer ?? "",
    pool: "external",
    budgetSteps: horizon ?? null,
  };
}

function trainingColumns({ schedule, model, dataset, optimizer, pool, budget }: TrainingSpec) {
  return {
    scheduleKind: schedule.kind,
    modelKind: model.kind,
    datasetKind: dataset.kind,
    optimizerKind: optimizer.kind,
    pool,
    budgetSteps: "steps" in budget ? budget.steps : null,
  };
}

/** Work has no model of its own: it is found by its kind. */
function workColumns(spec: WorkSpec) {
  const none = { scheduleKind: "", datasetKind: "", optimizerKind: "", pool: spec.pool };
  return spec.kind === "study"
    ? { ...none, modelKind: `study · ${spec.plan.name}`.slice(0, 200), budgetSteps: null }
    : { ...none, modelKind: `${spec.kind} · ${spec.config.family}`, budgetSteps: spec.config.iterations };
}

function columnsOf(spec: RunSpec) {
  switch (spec.kind) {
    case "training":
      return trainingColumns(spec);
    case "external":
      return externalColumns(spec);
    case "study":
    case "policy-training":
      return workColumns(spec);
  }
}

/** The columns of a run that repeat parts of its spec, for filters and orders. The only place that fills them. */
export function specColumns(spec: RunSpec) {
  const parts = columnsOf(spec);
  const { datasetKind, modelKind, optimizerKind, scheduleKind } = parts;
  return {
    kind: spec.kind,
    name: spec.name ?? nameOf([datasetKind, modelKind, optimizerKind, scheduleKind]),
    tags: tagEntries(spec.tags),
    seed: BigInt(seedOf(spec)),
    ...parts,
  };
}

const finiteOrNull = (value: number | string | undefined): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** The columns of a run that repeat parts of its summary; null where a number is not finite. */
export const summaryColumns = (summary: RunSummary | null | undefined) => ({
  bestValidationLoss: finiteOrNull(summary?.bestValidationLoss),
  finalValidationLoss: finiteOrNull(summary?.finalValidationLoss),
  finalTrainLoss: finiteOrNull(summary?.finalTrainLoss),
  seconds: finiteOrNull(summary?.seconds),
});
