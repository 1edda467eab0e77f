/** From the filter of a request to a condition of the database. */
import { type EvidenceFilter, Problem } from "@etude/contracts";
import type { EvidenceCondition } from "@etude/db";
import { taskDistance } from "@etude/learning";
import type { Past } from "./past.ts";

/** Returns the condition with likeness resolved to tasks. Throws Problem unknown_task. */
export async function conditionOf({ similarTo, ...filter }: EvidenceFilter, past: Past): Promise<EvidenceCondition> {
  if (!similarTo) return filter;
  const rows = await past.table("train-loss", { shipped: false });
  const named = rows.filter(({ task }) => task.hash === similarTo.task || task.id === similarTo.task);
  const center = named.toSorted((a, b) => b.arms.size - a.arms.size)[0];
  if (!center) {
    const some = [...new Set(rows.map(({ task }) => task.id))].slice(0, 20);
    const message = `No task "${similarTo.task}" in the evidence; ${some.length === 0 ? "there is none yet" : `known are ${some.join(", ")}`}.`;
    throw new Problem("unknown_task", message, [{ path: "filter.similarTo.task", message, allowed: some }]);
  }
  const distance = taskDistance(rows);
  const nearest = rows
    .map((row) => ({ hash: row.task.hash, far: row === center ? -1 : distance(center, row) }))
    .toSorted((a, b) => a.far - b.far || (a.hash < b.hash ? -1 : 1))
    .slice(0, similarTo.tasks);
  return { ...filter, tasks: nearest.map(({ hash }) => hash) };
}

/** Throws Problem no_evidence that repeats the conditions. */
export function refuseNothing(filter: EvidenceFilter, what = "rows"): never {
  const asked = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} = ${typeof value === "object" ? JSON.stringify(value) : value}`);
  const under = asked.length === 0 ? "at all: no run has ended yet" : `with ${asked.join(", ")}`;
  throw new Problem("no_evidence", `There are no ${what} ${under}.`);
}
