import { medianOf } from "../evidence/quantiles.ts";
import type { Ranker } from "./_ranker.ts";
import { rankQuantiles } from "./_ranks.ts";

export const medianRank: Ranker = {
  name: "median-rank",
  title: "Median rank",
  summary: "The schedules with the lowest median rank over all past tasks where they were tried.",
  conditioned: false,
  reads: "ranks",
  rank({ past, candidates, k }) {
    const quantiles = past.map(rankQuantiles);
    const median = (shape: string): number => medianOf(quantiles.flatMap((of) => of.get(shape) ?? [])) ?? Infinity;
    return candidates
      .map((shape) => ({ shape, median: median(shape) }))
      .toSorted((a, b) => (a.median === b.median ? (a.shape < b.shape ? -1 : 1) : a.median - b.median))
      .slice(0, k)
      .map(({ shape }) => shape);
  },
};
