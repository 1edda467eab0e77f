import { familyWeights, greedyPortfolio, regretOf } from "./_portfolio.ts";
import type { Ranker } from "./_ranker.ts";

export const fixedList: Ranker = {
  name: "fixed-list",
  title: "One list for all",
  summary:
    "The list whose best has least regret over all past tasks, families weighing the same; the task is not looked at.",
  conditioned: false,
  reads: "regrets",
  rank: ({ past, candidates, k }) => greedyPortfolio(past, familyWeights(past), candidates, k, regretOf),
};
