import library from "jstat";
import { midranks } from "./ranks.ts";

export interface Friedman {
  /** Mean rank of each treatment, the best (lowest value) near 1. */
  readonly meanRanks: readonly number[];
  /** χ² with k − 1 degrees of freedom, corrected for ties. */
  readonly statistic: number;
  readonly p: number;
  /** Mean ranks further apart than this differ at level 0.05 (Nemenyi 1963, Demšar 2006). */
  readonly criticalDifference: number;
}

/**
 * Friedman's test over blocks (problems) of k treatments (schedules); a lower value is better, Infinity comes last.
 * Throws for fewer than two blocks or treatments.
 */
export function friedman(blocks: readonly (readonly number[])[]): Friedman {
  const n = blocks.length;
  const k = blocks[0]?.length ?? 0;
  if (n < 2 || k < 2) throw new RangeError(`needs at least 2 problems and 2 schedules; got ${n} and ${k}`);
  const ranks = blocks.map(midranks);
  const meanRanks = Array.from({ length: k }, (_, j) => ranks.reduce((sum, row) => sum + row[j]!, 0) / n);
  const between = n * meanRanks.reduce((sum, rank) => sum + (rank - (k + 1) / 2) ** 2, 0);
  const within = ranks.flat().reduce((sum, rank) => sum + (rank - (k + 1) / 2) ** 2, 0) / (n * (k - 1));
  const statistic = within === 0 ? 0 : between / within;
  return {
    meanRanks,
    statistic,
    p: 1 - library.jStat.chisquare.cdf(statistic, k - 1),
    criticalDifference: criticalDifference(k, n),
  };
}

/** Degrees of freedom that stand for infinitely many. */
const many = 1e6;

/** Returns Nemenyi's critical difference q_α √(k(k + 1) / 6n), where q_α is the studentised range over √2. */
export function criticalDifference(treatments: number, blocks: number, alpha = 0.05): number {
  const q = library.jStat.tukey.inv(1 - alpha, treatments, many) / Math.SQRT2;
  return q * Math.sqrt((treatments * (treatments + 1)) / (6 * blocks));
}
