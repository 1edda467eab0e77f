import library from "jstat";
import { midranks } from "./ranks.ts";

export interface SignedRank {
  /** The sum of the ranks of the positive differences. */
  readonly statistic: number;
  /** Differences that are not zero. */
  readonly n: number;
  /** Two-sided; 1 without a difference. */
  readonly p: number;
  readonly method: "exact" | "normal";
}

/** Up to here the distribution is counted out. */
const exactUpTo = 25;

/**
 * Wilcoxon's signed-rank test of paired differences (Wilcoxon 1945). Zeros are dropped; equal sizes share their mean
 * rank. Exact for n ≤ 25 (the permutation distribution of the very ranks, so with ties too), above it the normal
 * approximation with tie and continuity correction. Infinite differences rank last. Throws for NaN.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  if (differences.some(Number.isNaN)) throw new RangeError("differences must be numbers; got NaN");
  const kept = differences.filter((difference) => difference !== 0);
  const n = kept.length;
  const ranks = midranks(kept.map(Math.abs));
  const statistic = ranks.reduce((sum, rank, i) => sum + (kept[i]! > 0 ? rank : 0), 0);
  if (n === 0) return { statistic, n, p: 1, method: "exact" };
  return n <= exactUpTo
    ? { statistic, n, p: exactP(ranks, statistic), method: "exact" }
    : { statistic, n, p: normalP(ranks, statistic), method: "normal" };
}

/** Counts, over all 2ⁿ signs, how often the sum of ranks is as far out. Ranks are doubled to whole numbers. */
function exactP(ranks: readonly number[], statistic: number): number {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  let reach = 0;
  for (const rank of doubled) {
    for (let sum = reach; sum >= 0; sum--) ways[sum + rank]! += ways[sum]!;
    reach += rank;
  }
  const observed = Math.round(2 * statistic);
  const low = Math.min(observed, total - observed);
  const tail = ways.subarray(0, low + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / 2 ** ranks.length);
}

function normalP(ranks: readonly number[], statistic: number): number {
  const n = ranks.length;
  const sizes = new Map<number, number>();
  for (const rank of ranks) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
  const ties = [...sizes.values()].reduce((sum, t) => sum + (t ** 3 - t), 0);
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  const off = Math.max(0, Math.abs(statistic - (n * (n + 1)) / 4) - 0.5);
  return Math.min(1, 2 * (1 - library.jStat.normal.cdf(off / Math.sqrt(variance), 0, 1)));
}
