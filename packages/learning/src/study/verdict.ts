import type { StudyPlan } from "@etude/contracts";
import { medianIntervals, pairedLogRatios, signedRank } from "../statistics/index.ts";
import { medianOf } from "./results.ts";

export const verdicts = ["better", "not-worse", "worse", "undecided"] as const;
export type Verdict = (typeof verdicts)[number];

/** One candidate against one baseline on one problem. */
export interface Comparison {
  readonly verdict: Verdict;
  /** Median paired ln(candidate / baseline) and its bootstrap interval; ±1000 where one diverged. */
  readonly median: number;
  readonly interval: readonly [number, number];
  /** Wilcoxon's signed rank, two-sided. */
  readonly p: number;
  /** The rule of the paper: the median loss is below the baseline's plus 0.1, whatever the scale. */
  readonly withinTenth: boolean;
}

export type Judge = (mine: readonly number[], theirs: readonly number[], resolution: number) => Comparison;

/** What the paper calls no difference, in units of loss. */
const tenth = 0.1;

/**
 * Returns the judge of a plan. The first that holds of the bootstrap interval of the median paired log ratio: better
 * (below 0, median below ln(1 − better)), not worse (upper end at most ln(1 + notWorse)), worse (lower end above 0),
 * else undecided, which is not equal.
 */
export function judgeOf({ margins, bootstrap }: Pick<StudyPlan, "margins" | "bootstrap">): Judge {
  const bySize = new Map<number, ReturnType<typeof medianIntervals>>();
  const intervalOf = (ratios: readonly number[]): readonly [number, number] => {
    const known = bySize.get(ratios.length);
    const found = known ?? medianIntervals(ratios.length, { ...bootstrap, confidence: margins.confidence });
    if (!known) bySize.set(ratios.length, found);
    return found(ratios);
  };
  const [betterBelow, notWorseUpTo] = [Math.log(1 - margins.better), Math.log(1 + margins.notWorse)];
  return (mine, theirs, resolution) => {
    const ratios = pairedLogRatios(mine, theirs, resolution);
    const [low, high] = intervalOf(ratios);
    const median = medianOf(ratios);
    const verdict =
      high < 0 && median < betterBelow
        ? "better"
        : high <= notWorseUpTo
          ? "not-worse"
          : low > 0
            ? "worse"
            : "undecided";
    const [here, there] = [medianOf(mine), medianOf(theirs)];
    return {
      verdict,
      median,
      interval: [low, high],
      p: signedRank(ratios).p,
      withinTenth: here < there + tenth || here === there,
    };
  };
}

/** The customary reading: a difference counts when p < 0.05 and the median is more than 1 % away; else a tie. */
export function customary({ p, median }: Pick<Comparison, "p" | "median">, margin: number): "win" | "tie" | "loss" {
  if (p >= 0.05) return "tie";
  return median < Math.log(1 - margin) ? "win" : median > Math.log(1 + margin) ? "loss" : "tie";
}
