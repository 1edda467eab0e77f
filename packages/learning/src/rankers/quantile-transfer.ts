import { probit } from "simple-statistics";
import { taskDistance } from "../evidence/task-distance.ts";
import type { Ranker } from "./_ranker.ts";
import { rankQuantiles } from "./_ranks.ts";

/** A prior task at mean rank: a schedule tried once is not trusted at once. */
const priorWeight = 0.5;
/** How many standard deviations of doubt a schedule is forgiven, so that the list is not k times the same idea. */
const optimism = 0.5;

/** The winsorising δ of Salinas et al. (2020): quantiles are kept this far from 0 and 1. */
const delta = (n: number): number => 1 / (4 * n ** 0.25 * Math.sqrt(Math.PI * Math.log(Math.max(2, n))));

export const quantileTransfer: Ranker = {
  name: "quantile-transfer",
  title: "Quantile transfer",
  summary: "Ranks as Gaussian scores, carried over by likeness of tasks; the lowest mean − ½ deviation are taken.",
  conditioned: true,
  reads: "ranks",
  rank({ past, task, candidates, k }) {
    const distance = taskDistance(past);
    const scored = past.map((row) => {
      const clip = delta(row.arms.size);
      const scores = [...rankQuantiles(row)].map(
        ([shape, q]) => [shape, probit(Math.min(1 - clip, Math.max(clip, q)))] as const,
      );
      return { weight: Math.exp(-(distance(task, row) ** 2) / 2), scores: new Map(scores) };
    });
    const boundOf = (shape: string): number => {
      const tried = scored.flatMap(({ weight, scores }) => (scores.has(shape) ? [[weight, scores.get(shape)!]] : []));
      const total = priorWeight + tried.reduce((sum, [weight]) => sum + weight!, 0);
      const mean = tried.reduce((sum, [weight, z]) => sum + weight! * z!, 0) / total;
      const square = tried.reduce((sum, [weight, z]) => sum + weight! * (z! - mean) ** 2, priorWeight) / total;
      return Number((mean - optimism * Math.sqrt(square)).toFixed(9));
    };
    return candidates
      .map((shape) => ({ shape, bound: boundOf(shape) }))
      .toSorted((a, b) => a.bound - b.bound || (a.shape < b.shape ? -1 : 1))
      .slice(0, k)
      .map(({ shape }) => shape);
  },
};
