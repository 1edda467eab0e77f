/** Evidence as rows of the table, and back. */
import { comparedLoss, comparedValidationLoss, type Evidence, toJsonNumber } from "@etude/contracts";

/** Columns by name; JSON, so that a batch is one parameter. Infinities travel as text. */
export const toRecord = (row: Evidence): Record<string, unknown> => {
  const validation = comparedValidationLoss(row);
  return {
    id: row.id,
    cell: row.cell,
    source: row.source,
    engine: row.engine,
    run_id: row.runId,
    study: row.studyId,
    import: row.importId,
    task_hash: row.task.hash,
    task_id: row.task.id,
    family: row.task.family,
    domain: row.task.domain,
    dataset: row.task.dataset,
    model: row.task.model,
    optimizer: row.task.optimizer,
    task: row.task,
    features: row.features,
    schedule: row.schedule,
    schedule_kind: row.scheduleKind,
    schedule_hash: row.scheduleHash,
    shape: row.shape,
    label: row.label,
    base_rate: row.baseRate,
    rate_unit: row.rateUnit,
    transfer_rate: row.transferRate,
    seed: row.seed,
    role: row.role,
    loss: toJsonNumber(comparedLoss(row)),
    validation_loss: validation === null ? null : toJsonNumber(validation),
    accuracy: row.outcome.accuracy,
    diverged: row.outcome.diverged,
    gradient_evaluations: row.outcome.gradientEvaluations,
    seconds: row.outcome.seconds,
    outcome: row.outcome,
    at: row.at,
  };
};

/** Columns that `toEvidence` reads. */
export const selected = `id, cell, source, engine, run_id as "runId", study as "studyId", import as "importId", task, features,
  schedule, schedule_kind as "scheduleKind", schedule_hash as "scheduleHash", shape, label, base_rate as "baseRate",
  rate_unit as "rateUnit", transfer_rate as "transferRate", seed, role, outcome, at`;

type Optional = "runId" | "studyId" | "importId" | "label" | "role";

export type EvidenceRow = Omit<Evidence, "seed" | "at" | Optional> & {
  readonly seed: string;
  readonly at: Date;
} & Readonly<Record<Optional, string | null>>;

/** The row as the contract says it. JSON columns hold what we wrote, so they are not parsed again. */
export function toEvidence({ seed, at, runId, studyId, importId, label, role, ...row }: EvidenceRow): Evidence {
  const given = Object.entries({ runId, studyId, importId, label, role }).filter(([, value]) => value !== null);
  return { ...row, ...Object.fromEntries(given), seed: Number(seed), at: at.toISOString() };
}
