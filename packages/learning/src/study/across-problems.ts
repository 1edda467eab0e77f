/** What all problems say together: ranks by family, profiles, and the regret of untuned rates. */
import type { StudyPlan } from "@etude/contracts";
import { midranks, performanceProfiles, type PerformanceProfile } from "../statistics/index.ts";
import type { CellOutcome } from "./cell.ts";
import { groupBy } from "../group-by.ts";
import { medianOf, type ProblemResults } from "./results.ts";

/** Geometric mean over families and factors of the loss over the tuned anchor's, each cut at 1000. */
export interface Regret {
  readonly entrant: string;
  readonly families: number;
  readonly all: number;
  readonly byFactor: Readonly<Record<string, number>>;
}

/** Returns the median final training loss, floored at the resolution. */
export const medianLoss = (outcomes: readonly CellOutcome[], resolution: number): number =>
  medianOf(outcomes.map(({ trainLoss }) => Math.max(trainLoss, resolution)));

/** One block a family: the mean, over its problems, of everybody's rank by median final loss. */
export function familyRanks(results: readonly ProblemResults[], entrants: readonly string[]): number[][] {
  const ranked = results.map(({ problem, regimes }) => ({
    family: problem.family,
    ranks: midranks(entrants.map((id) => medianLoss(regimes.get("tuned")!.get(id)!, problem.resolution))),
  }));
  return [...groupBy(ranked, ({ family }) => family).values()].map((mine) =>
    entrants.map((_, i) => mine.reduce((sum, { ranks }) => sum + ranks[i]!, 0) / mine.length),
  );
}

export function profilesOf(
  results: readonly ProblemResults[],
  entrants: readonly string[],
): (PerformanceProfile & { readonly entrant: string })[] {
  const rows = results.map(({ problem, regimes }) =>
    entrants.map((id) => medianLoss(regimes.get("tuned")!.get(id)!, problem.resolution)),
  );
  return performanceProfiles(rows).map((profile, i) => ({
    entrant: entrants[i]!,
    ratios: profile.ratios.map((ratio) => +ratio.toPrecision(5)),
    shares: profile.shares.map((share) => +share.toPrecision(4)),
  }));
}

/** A loss counts as no more than so many times the tuned anchor's. */
const largestRegret = 1000;

export function regretsOf(plan: StudyPlan, results: readonly ProblemResults[], factors: readonly number[]): Regret[] {
  return plan.entrants
    .flatMap(({ id }) => {
      const found = results.flatMap(({ problem, regimes }) => {
        const anchor = medianLoss(regimes.get("tuned")!.get(plan.anchor)!, problem.resolution);
        return factors.flatMap((factor) => {
          const outcomes = regimes.get(factor)?.get(id);
          if (!outcomes) return [];
          const ratio = medianLoss(outcomes, problem.resolution) / anchor;
          return [{ family: problem.family, factor, log: Math.log(Math.min(ratio, largestRegret)) }];
        });
      });
      if (found.length === 0) return [];
      const mean = (items: typeof found): number => {
        const families = [...groupBy(items, ({ family }) => family).values()];
        const logs = families.map((mine) => mine.reduce((sum, { log }) => sum + log, 0) / mine.length);
        return +Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length).toPrecision(4);
      };
      const byFactor = [...groupBy(found, ({ factor }) => factor)].map(([factor, mine]) => [
        String(factor),
        mean(mine),
      ]);
      const families = new Set(found.map(({ family }) => family)).size;
      return [
        { entrant: id, families, all: mean(found), byFactor: Object.fromEntries(byFactor) as Record<string, number> },
      ];
    })
    .toSorted((a, b) => a.all - b.all);
}
