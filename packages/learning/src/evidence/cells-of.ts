/** Rows of evidence, folded into one cell for each task, schedule and engine. The database does the same in SQL. */
import {
  comparedLoss,
  comparedValidationLoss,
  type Evidence,
  type EvidenceCell,
  type SeedStatistics,
  toJsonNumber,
} from "@etude/contracts";
import { groupBy } from "../group-by.ts";
import { meanOf, medianOf, quantileOf } from "./quantiles.ts";

const jsonOrNull = (value: number | null) => (value === null ? null : toJsonNumber(value));

function deviationOfLogs(losses: readonly number[]): number | null {
  const logs = losses.filter((loss) => loss > 0 && loss < Infinity).map(Math.log);
  const mean = meanOf(logs);
  if (mean === null || logs.length < 2) return null;
  return Math.sqrt((meanOf(logs.map((log) => (log - mean) ** 2))! * logs.length) / (logs.length - 1));
}

/** Returns the numbers over the seeds of some rows of one cell. */
export function statisticsOf(rows: readonly Evidence[]): SeedStatistics {
  const losses = rows.map(comparedLoss);
  const validations = rows.flatMap((row) => comparedValidationLoss(row) ?? []);
  return {
    count: rows.length,
    diverged: rows.filter(({ outcome }) => outcome.diverged).length,
    mean: jsonOrNull(meanOf(losses)),
    median: jsonOrNull(medianOf(losses)),
    low: jsonOrNull(quantileOf(losses, 0.1)),
    high: jsonOrNull(quantileOf(losses, 0.9)),
    spread: deviationOfLogs(losses),
    validation: jsonOrNull(medianOf(validations)),
    accuracy: medianOf(rows.flatMap(({ outcome }) => outcome.accuracy ?? [])),
  };
}

function cellOf(rows: readonly Evidence[], shipped: boolean): EvidenceCell {
  const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const first = sorted[0]!;
  const having = (role: Evidence["role"]): Evidence[] => sorted.filter((row) => row.role === role);
  return {
    cell: first.cell,
    task: first.task,
    features: first.features,
    engine: first.engine,
    schedule: first.schedule,
    scheduleKind: first.scheduleKind,
    label: sorted.flatMap(({ label }) => label ?? []).toSorted()[0] ?? null,
    shape: first.shape,
    baseRate: first.baseRate,
    rateUnit: first.rateUnit,
    transferRate: first.transferRate,
    all: statisticsOf(sorted),
    tuning: statisticsOf(having("tuning")),
    evaluation: statisticsOf(having("evaluation")),
    gradientEvaluations: meanOf(sorted.map(({ outcome }) => outcome.gradientEvaluations))!,
    seconds: meanOf(sorted.map(({ outcome }) => outcome.seconds))!,
    sources: [...new Set(sorted.map(({ source }) => source))].toSorted(),
    runIds: [...new Set(sorted.flatMap(({ runId }) => runId ?? []))].slice(0, 5),
    shipped,
  };
}

/** Returns the cells of rows in any order, sorted by cell; a row that comes twice counts once. */
export function cellsOf(rows: Iterable<Evidence>, { shipped = false } = {}): EvidenceCell[] {
  const byId = new Map<string, Evidence>();
  for (const row of rows) byId.set(row.id, row);
  const cells = groupBy(byId.values(), ({ cell }) => cell);
  return [...cells.values()].map((own) => cellOf(own, shipped)).toSorted((a, b) => (a.cell < b.cell ? -1 : 1));
}
