/** Losses as ranks within their task. */
import type { TaskRow } from "../evidence/task-table.ts";
import { midranks } from "../statistics/ranks.ts";

/** Returns (rank − ½)/n of every shape tried on the task, in (0, 1), the best lowest; ties share their mean rank. */
export function rankQuantiles(row: TaskRow): Map<string, number> {
  const arms = [...row.arms.values()];
  const ranks = midranks(arms.map(({ judged }) => judged));
  return new Map(arms.map(({ shape }, i) => [shape, (ranks[i]! - 0.5) / arms.length]));
}
