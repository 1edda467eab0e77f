import { taskDistance } from "../evidence/task-distance.ts";
import { familyWeights, greedyPortfolio, regretOf } from "./_portfolio.ts";
import type { Ranker } from "./_ranker.ts";

export const portfolioByRegret: Ranker = {
  name: "portfolio-by-regret",
  title: "Portfolio by regret",
  summary: "The list whose best has least regret over past tasks, each weighing exp(−distance²/2) of its likeness.",
  conditioned: true,
  reads: "regrets",
  rank({ past, task, candidates, k }) {
    const distance = taskDistance(past);
    const weights = familyWeights(past, (row) => Math.exp(-(distance(task, row) ** 2) / 2));
    return greedyPortfolio(past, weights, candidates, k, regretOf);
  },
};
