/** What is derived from a piece of evidence: its hashes and its id. */
import type { Evidence, EvidenceTask, NewEvidence, NewEvidenceTask } from "@etude/contracts";
import { hash } from "ohash";
import { shapeOf } from "./scale-schedule.ts";

/** Returns SHA-256, base64url, of a JSON value, whatever the order of its keys; absent and undefined are the same. */
export const hashOf = (value: unknown): string => hash(JSON.parse(JSON.stringify(value)));

/** Returns the hash of a task: everything in it but family and domain, which are only how people group tasks. */
export const taskHash = ({
  id,
  dataset,
  model,
  optimizer,
  batchSize,
  steps,
  momentum,
  specs,
}: NewEvidenceTask): string => hashOf({ id, dataset, model, optimizer, batchSize, steps, momentum, specs });

/** Returns the task with its hash. */
export const completeTask = (task: NewEvidenceTask): EvidenceTask => ({ ...task, hash: taskHash(task) });

/** Returns the row with its hashes and id; the same training gives the same id, however often it is written. */
export function completeEvidence(row: NewEvidence): Evidence {
  const task = completeTask(row.task);
  // A curve from elsewhere without a schedule is told apart by what its importer called it.
  const schedule = row.schedule ?? { kind: row.scheduleKind, label: row.label };
  const scheduleHash = hashOf(schedule);
  const shape = row.schedule === null ? scheduleHash : hashOf(shapeOf(row.schedule, row.task.steps));
  const from = row.runId ?? row.studyId ?? row.importId ?? row.source;
  const cell = hashOf([task.hash, scheduleHash, row.engine]);
  return { ...row, id: hashOf([cell, row.seed, from]), task, shape, scheduleHash, cell };
}
