import { taskDistance } from "../evidence/task-distance.ts";
import { greedyPortfolio, regretOf } from "./_portfolio.ts";
import type { Ranker } from "./_ranker.ts";

/** Few enough to be alike, enough that one odd task does not decide. */
const neighbours = 5;

export const nearestTasks: Ranker = {
  name: "nearest-tasks",
  title: "Nearest tasks",
  summary: "The list whose best has least regret over the five past tasks nearest by their features.",
  conditioned: true,
  reads: "regrets",
  rank({ past, task, candidates, k }) {
    const distance = taskDistance(past);
    const near = past
      .map((row) => ({ row, far: distance(task, row) }))
      .toSorted((a, b) => a.far - b.far || (a.row.task.hash < b.row.task.hash ? -1 : 1))
      .slice(0, neighbours)
      .map(({ row }) => row);
    return greedyPortfolio(
      near,
      near.map(() => 1),
      candidates,
      k,
      regretOf,
    );
  },
};
