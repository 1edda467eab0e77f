/** What many comparisons say together: families weigh the same, and it is families that are resampled. */
import type { StudyPlan } from "@etude/contracts";
import { bootstrapInterval, holm } from "../statistics/index.ts";
import { groupBy } from "../group-by.ts";
import { type Measure, type ProblemResults, type Regime, valuesOf } from "./results.ts";
import { type Comparison, customary, type Judge, type Verdict, verdicts } from "./verdict.ts";

/** A comparison with where it was made. */
export interface PlacedComparison extends Comparison {
  readonly problem: string;
  readonly family: string;
  readonly regime: Regime;
  readonly candidate: string;
  readonly baseline: string;
}

/** One line: a candidate against all of F. */
export interface Headline {
  readonly entrant: string;
  readonly comparisons: number;
  readonly families: number;
  /** Share better or not worse, all baselines together, with the family bootstrap interval. */
  readonly pooled: number;
  readonly interval: readonly [number, number];
  readonly byBaseline: Readonly<Record<string, number>>;
  readonly minimum: { readonly baseline: string; readonly share: number };
  readonly counts: Readonly<Record<Verdict, number>>;
  /**
   * Share that is no loss by p < 0.05 and 1 %, and with Holm's correction within this line; null where the seeds are too
   * few for any p to survive it.
   */
  readonly customary: number;
  readonly customaryHolm: number | null;
  /** Share within 0.1 of the baseline's loss or below. */
  readonly withinTenth: number;
}

/** Compares one entrant with some baselines, wherever both ran. */
export function compareAll(
  judge: Judge,
  results: readonly ProblemResults[],
  regimes: readonly Regime[],
  measure: Exclude<Measure, "cost">,
  candidate: string,
  baselines: readonly string[],
): PlacedComparison[] {
  return results.flatMap(({ planned, problem, regimes: found, targets }) =>
    regimes.flatMap((regime) => {
      const outcomes = found.get(regime);
      const mine = outcomes?.get(candidate);
      const values = mine && valuesOf(mine, measure, targets);
      if (!outcomes || !values) return [];
      return baselines.flatMap((baseline) => {
        const theirs = outcomes.get(baseline);
        if (baseline === candidate || !theirs) return [];
        const other = valuesOf(theirs, measure, targets)!;
        const place = { problem: planned.id, family: problem.family, regime, candidate, baseline };
        return [{ ...place, ...judge(values, other, problem.resolution) }];
      });
    }),
  );
}

export interface Shared {
  readonly family: string;
}

/** Returns the share of those that count, each family with the same weight; NaN of nothing. */
export function familyShare<Item extends Shared>(items: readonly Item[], counts: (item: Item) => boolean): number {
  const shares = familyShares(items, counts);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** Returns the share of those that count in each family. */
function familyShares<Item extends Shared>(items: readonly Item[], counts: (item: Item) => boolean): number[] {
  return [...groupBy(items, ({ family }) => family).values()].map((mine) => mine.filter(counts).length / mine.length);
}

/** Returns the family bootstrap interval of `familyShare`. */
export function familyInterval<Item extends Shared>(
  { bootstrap, margins }: Pick<StudyPlan, "bootstrap" | "margins">,
  items: readonly Item[],
  counts: (item: Item) => boolean,
): readonly [number, number] {
  const mean = (shares: readonly number[]): number => shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return bootstrapInterval(familyShares(items, counts), mean, { ...bootstrap, confidence: margins.confidence });
}

export const isNotWorse = ({ verdict }: Comparison): boolean => verdict === "better" || verdict === "not-worse";

/** Sums a candidate's comparisons up in one line; undefined where there are none. */
export function headlineOf(
  plan: StudyPlan,
  entrant: string,
  comparisons: readonly PlacedComparison[],
): Headline | undefined {
  if (comparisons.length === 0) return undefined;
  const byBaseline = Object.fromEntries(
    [...groupBy(comparisons, ({ baseline }) => baseline)].map(
      ([baseline, mine]) => [baseline, familyShare(mine, isNotWorse)] as const,
    ),
  );
  const [weakest] = Object.entries(byBaseline).toSorted(([, a], [, b]) => a - b);
  const adjusted = holm(comparisons.map(({ p }) => p));
  const corrected = comparisons.map((comparison, i) => ({ ...comparison, p: adjusted[i]! }));
  const noLoss = (comparison: Comparison): boolean => customary(comparison, plan.margins.better) !== "loss";
  return {
    entrant,
    comparisons: comparisons.length,
    families: new Set(comparisons.map(({ family }) => family)).size,
    pooled: familyShare(comparisons, isNotWorse),
    interval: familyInterval(plan, comparisons, isNotWorse),
    byBaseline,
    minimum: { baseline: weakest![0], share: weakest![1] },
    counts: Object.fromEntries(
      verdicts.map((verdict) => [verdict, comparisons.filter((one) => one.verdict === verdict).length]),
    ) as Record<Verdict, number>,
    customary: familyShare(comparisons, noLoss),
    customaryHolm: adjusted.some((p) => p < 0.05) ? familyShare(corrected, noLoss) : null,
    withinTenth: familyShare(comparisons, ({ withinTenth }) => withinTenth),
  };
}
