import type { StudyClaim, StudyPlan } from "@etude/contracts";
import { compareAll, familyInterval, familyShare, isNotWorse } from "./headline.ts";
import { medianOf, type ProblemResults, type Regime, valuesOf } from "./results.ts";
import type { Judge } from "./verdict.ts";

/** What became of a claim, for one candidate, with tuned or untuned rates. */
export interface ClaimResult {
  readonly claim: string;
  readonly rates: "tuned" | "untuned";
  readonly candidate: string;
  readonly comparisons: number;
  readonly families: number;
  readonly wanted: number;
  readonly interval: readonly [number, number];
  readonly better: number;
  readonly worse: number;
  readonly holds: boolean;
}

interface Counted {
  readonly family: string;
  readonly better: boolean;
  readonly notWorse: boolean;
  readonly worse: boolean;
}

/** Returns what became of the plan's claims. A claim to be better must also be right more often than wrong. */
export function judgeClaims(plan: StudyPlan, judge: Judge, results: readonly ProblemResults[]): ClaimResult[] {
  const factors = [...new Set(results.flatMap(({ regimes }) => [...regimes.keys()]))].filter((one) => one !== "tuned");
  const sets = [
    ["tuned", ["tuned"]],
    ["untuned", factors],
  ] as const;
  return plan.claims.flatMap((claim) =>
    sets.flatMap(([rates, regimes]) =>
      claim.candidates.flatMap((candidate) => {
        const counted = count(plan, judge, results, regimes, claim, candidate);
        if (counted.length === 0) return [];
        const wantedIs = ({ better, notWorse }: Counted): boolean => (claim.wanted === "better" ? better : notWorse);
        const wanted = familyShare(counted, wantedIs);
        const better = familyShare(counted, (one) => one.better);
        const worse = familyShare(counted, (one) => one.worse);
        return [
          {
            claim: claim.id,
            rates,
            candidate,
            comparisons: counted.length,
            families: new Set(counted.map(({ family }) => family)).size,
            wanted,
            interval: familyInterval(plan, counted, wantedIs),
            better,
            worse,
            holds: wanted > claim.above && (claim.wanted === "not-worse" || better > worse),
          },
        ];
      }),
    ),
  );
}

function count(
  plan: StudyPlan,
  judge: Judge,
  results: readonly ProblemResults[],
  regimes: readonly Regime[],
  { baselines, problems, measure }: StudyClaim,
  candidate: string,
): Counted[] {
  const against = baselines ?? plan.entrants.filter(({ role }) => role === "fixed").map(({ id }) => id);
  const chosen = results.filter(({ planned }) => problems?.includes(planned.id) ?? true);
  if (measure !== "cost") {
    return compareAll(judge, chosen, regimes, measure, candidate, against).map((comparison) => ({
      family: comparison.family,
      better: comparison.verdict === "better",
      notWorse: isNotWorse(comparison),
      worse: comparison.verdict === "worse",
    }));
  }
  return chosen.flatMap(({ problem, targets, regimes: found }) =>
    regimes.flatMap((regime) => {
      const outcomes = found.get(regime);
      const mine = outcomes?.get(candidate);
      if (!outcomes || !mine) return [];
      const cost = medianOf(valuesOf(mine, "cost", targets)!);
      return against.flatMap((baseline) => {
        const theirs = outcomes.get(baseline);
        if (!theirs || baseline === candidate) return [];
        const other = medianOf(valuesOf(theirs, "cost", targets)!);
        return [{ family: problem.family, better: cost < other, notWorse: cost <= other, worse: cost > other }];
      });
    }),
  );
}
