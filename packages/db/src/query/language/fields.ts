import { runStatuses } from "@etude/contracts";
import type { Parameters, TypedSql } from "./typed-sql.ts";

const number = (sql: string): TypedSql => ({ kind: "number", sql: `${sql}::float8` });
const text = (sql: string): TypedSql => ({ kind: "text", sql });
const time = (sql: string): TypedSql => ({ kind: "time", sql });

/** Names of one part: columns of a run. */
const columns: Readonly<Record<string, TypedSql>> = {
  id: text("run.id::text"),
  name: text("run.name"),
  status: { ...text("run.status"), allowed: runStatuses },
  kind: { ...text("run.kind"), allowed: ["training", "external"] },
  study: text("(select study.name from study where study.id = run.study_id)"),
  studyId: text("run.study_id::text"),
  clonedFrom: text("run.cloned_from::text"),
  pool: text("run.pool"),
  seed: number("run.seed"),
  attempt: number("run.attempt"),
  step: number("run.step"),
  horizon: number("run.horizon"),
  points: number("run.total"),
  parameters: number("run.parameters"),
  createdAt: time("run.created_at"),
  queuedAt: time("run.queued_at"),
  startedAt: time("run.started_at"),
  endedAt: time("run.ended_at"),
};

/** Places in a run's JSON that have a column of their own. */
const shortcuts: Readonly<Record<string, TypedSql>> = {
  "schedule.kind": text("run.schedule_kind"),
  "model.kind": text("run.model_kind"),
  "dataset.kind": text("run.dataset_kind"),
  "optimizer.kind": text("run.optimizer_kind"),
  "summary.bestValidationLoss": number("run.best_validation_loss"),
  "summary.finalValidationLoss": number("run.final_validation_loss"),
  "summary.finalTrainLoss": number("run.final_train_loss"),
  "summary.seconds": number("run.seconds"),
};

/** JSON columns, and parts of a spec that may be named without it. */
const documents: Readonly<Record<string, readonly [column: string, ...inside: string[]]>> = {
  spec: ["run.spec"],
  summary: ["run.summary"],
  backend: ["run.backend"],
  failure: ["run.failure"],
  schedule: ["run.spec", "schedule"],
  model: ["run.spec", "model"],
  dataset: ["run.spec", "dataset"],
  optimizer: ["run.spec", "optimizer"],
  budget: ["run.spec", "budget"],
};

/** What a name may begin with, for messages. */
export const fieldNames: readonly string[] = [
  ...Object.keys(columns),
  "tags.<key>",
  ...Object.keys(documents).map((name) => `${name}.<…>`),
];

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The field of a name; undefined when there is none. */
export function fieldOf(parts: readonly string[], parameters: Parameters): TypedSql | undefined {
  const [first = "", ...rest] = parts;
  const plain = rest.length === 0 ? own(columns, first) : undefined;
  if (plain) return plain;
  if (first === "tags" && rest.length > 0) {
    const key = rest.join(".");
    return { kind: "text", sql: `(run.spec -> 'tags' ->> ${parameters.add(key, "text")})`, tag: key };
  }
  const path = first === "spec" ? rest : parts;
  const shortcut = own(shortcuts, path.join("."));
  if (shortcut) return shortcut;
  const [column, ...inside] = own(documents, first) ?? [];
  if (column === undefined) return undefined;
  return { kind: "json", sql: `(${column} #> ${parameters.add([...inside, ...rest], "text[]")})` };
}
