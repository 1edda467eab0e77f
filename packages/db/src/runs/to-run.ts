import type { BackendReport, Failure, Run, RunId, RunSpec, RunStatus, RunSummary, StudyId } from "@etude/contracts";
import type { Run as Row } from "../generated/client.ts";

/** A row of `run`, read by Prisma or by a statement that returns `runColumns`. */
export type RunRow = Pick<
  Row,
  | "id"
  | "name"
  | "status"
  | "spec"
  | "studyId"
  | "clonedFrom"
  | "attempt"
  | "step"
  | "horizon"
  | "total"
  | "backend"
  | "parameters"
  | "failure"
  | "summary"
  | "pool"
  | "queuedAt"
  | "startedAt"
  | "endedAt"
  | "appendedAt"
  | "stale"
  | "createdAt"
>;

/** The row as the contract says it. JSON columns hold what we wrote, so they are not parsed again. */
export const toRun = (row: RunRow): Run => ({
  id: row.id as RunId,
  name: row.name,
  status: row.status as RunStatus,
  spec: row.spec as unknown as RunSpec,
  studyId: row.studyId as StudyId | null,
  clonedFrom: row.clonedFrom as RunId | null,
  attempt: row.attempt,
  step: row.step,
  horizon: row.horizon,
  points: row.total,
  backend: row.backend as unknown as BackendReport | null,
  parameters: row.parameters,
  failure: row.failure as unknown as Failure | null,
  summary: row.summary as unknown as RunSummary | null,
  queuedAt: row.queuedAt.toISOString(),
  startedAt: row.startedAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
  lastAppendAt: row.appendedAt?.toISOString() ?? null,
  stale: row.stale,
  createdAt: row.createdAt.toISOString(),
});
