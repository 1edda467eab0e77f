/** A condition as SQL with parameters. */
import type { EvidenceCondition } from "./types.ts";

const columns = {
  family: "family",
  domain: "domain",
  dataset: "dataset",
  model: "model",
  optimizer: "optimizer",
  schedule: "schedule_kind",
  label: "label",
  engine: "engine",
  source: "source",
  study: "study",
  run: "run_id",
  role: "role",
} as const satisfies Partial<Record<keyof EvidenceCondition, string>>;

/** Returns the text after `where` and its parameters, numbered from 1. */
export function conditionOf(condition: EvidenceCondition): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const parts = ["true"];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  for (const [name, column] of Object.entries(columns)) {
    const value = condition[name as keyof typeof columns];
    if (value !== undefined) parts.push(`${column} = ${parameter(value)}`);
  }
  const { task, tasks, seeds } = condition;
  if (task !== undefined) {
    const name = parameter(task);
    parts.push(`(task_id = ${name} or task_hash = ${name})`);
  }
  if (tasks !== undefined) parts.push(`task_hash = any(${parameter(tasks)}::text[])`);
  if (seeds !== undefined) parts.push(`seed between ${parameter(seeds.from)} and ${parameter(seeds.to)}`);
  return { where: parts.join(" and "), values };
}
