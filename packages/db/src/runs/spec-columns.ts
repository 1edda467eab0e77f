import type { RunSpec, RunSummary } from "@etude/contracts";

/** A tag as the entries that filters look for: its key, and key=value. */
const tagEntries = (tags: Readonly<Record<string, string>>): string[] =>
  Object.entries(tags).flatMap(([key, value]) => [key, `${key}=${value}`]);

/** The name shown for a spec without one. */
const defaultName = ({ dataset, model, optimizer, schedule }: RunSpec): string =>
  `${dataset.kind} · ${model.kind} · ${optimizer.kind} · ${schedule.kind}`;

/** The columns of a run that repeat parts of its spec, for filters and orders. The only place that fills them. */
export function specColumns(spec: RunSpec) {
  return {
    kind: spec.kind,
    name: spec.name ?? defaultName(spec),
    tags: tagEntries(spec.tags),
    scheduleKind: spec.schedule.kind,
    modelKind: spec.model.kind,
    datasetKind: spec.dataset.kind,
    optimizerKind: spec.optimizer.kind,
    seed: BigInt(spec.seed),
    pool: spec.pool,
    budgetSteps: "steps" in spec.budget ? spec.budget.steps : null,
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
