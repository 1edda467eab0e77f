/** The runs of a study, ordered for judgement: per problem and regime, every entrant's losses on the same seeds. */
import type { StudyPlan, StudyProblem } from "@etude/contracts";
import type { Problem } from "../engine/problem.ts";
import { type CellOutcome, keyOf, type Outcomes } from "./cell.ts";
import { type Suite, suiteProblem } from "./execute-cell.ts";
import { untunedRate } from "./protocol.ts";
import { entrantsOn, type Tuned, tuneProblem } from "./tuning.ts";

/** `tuned`, or the factor of the anchor's tuned rate that everybody starts from. */
export type Regime = "tuned" | number;

export type Measure = "train" | "validation" | "cost";

export interface ProblemResults {
  readonly planned: StudyProblem;
  readonly problem: Problem;
  readonly steps: number;
  readonly tuned: Tuned;
  /** By seed: the tuned anchor's final loss plus the plan's share; what costs are measured to. */
  readonly targets: ReadonlyMap<number, number>;
  /** Of each complete regime, by entrant: the outcomes in the order of the seeds. */
  readonly regimes: ReadonlyMap<Regime, ReadonlyMap<string, readonly CellOutcome[]>>;
}

/** Returns what can be judged: problems whose tuned evaluation is complete, with those untuned factors that are. */
export function collectResults(plan: StudyPlan, suite: Suite, outcomes: Outcomes): ProblemResults[] {
  return plan.problems.flatMap((planned) => {
    const problem = suiteProblem(suite, planned.problem);
    const step = tuneProblem({ plan, problem: planned, suiteProblem: problem, outcomes });
    if ("missing" in step) return [];
    const { tuned } = step;
    const protocol = plan.protocols[planned.protocol]!;
    const regimes = new Map<Regime, ReadonlyMap<string, readonly CellOutcome[]>>();
    const gather = (
      regime: Regime,
      seeds: readonly number[],
      startOf: (id: string) => { readonly setting: number; readonly rate: number },
    ): void => {
      const found = entrantsOn(plan, planned).map(
        ({ id }) =>
          [
            id,
            seeds.map((seed) => {
              const { setting, rate } = startOf(id);
              return outcomes.get(keyOf({ problem: planned.id, entrant: id, setting, rate, seed, keep: "curve" }));
            }),
          ] as const,
      );
      if (found.every(([, list]) => list.every((outcome) => outcome !== undefined))) {
        regimes.set(regime, new Map(found as [string, CellOutcome[]][]));
      }
    };
    gather("tuned", protocol.evaluationSeeds, (id) => tuned.choices.get(id)!);
    for (const factor of protocol.untuned?.factors ?? []) {
      gather(factor, protocol.untuned!.seeds, (id) => ({ setting: 0, rate: untunedRate(plan, tuned, id, factor) }));
    }
    const anchor = regimes.get("tuned")?.get(plan.anchor);
    if (!anchor) return [];
    const targets = new Map(
      anchor.map(({ seed, trainLoss }) => [seed, Math.max(trainLoss, problem.resolution) * (1 + plan.margins.target)]),
    );
    return [{ planned, problem, steps: planned.steps ?? problem.steps, tuned, targets, regimes }];
  });
}

/** Returns the cost of a run until its whole training loss was at or below its seed's target; Infinity where it never was. */
export function costToTarget({ curve, seed }: CellOutcome, targets: ReadonlyMap<number, number>): number {
  const target = targets.get(seed) ?? -Infinity;
  const at = curve?.losses.findIndex((loss) => loss <= target) ?? -1;
  return at < 0 ? Infinity : curve!.costs[at]!;
}

/** Returns the numbers of runs that a measure compares; undefined where the problem has none of it. */
export function valuesOf(
  outcomes: readonly CellOutcome[],
  measure: Measure,
  targets: ReadonlyMap<number, number>,
): readonly number[] | undefined {
  if (measure === "cost") return outcomes.map((outcome) => costToTarget(outcome, targets));
  if (measure === "train") return outcomes.map(({ trainLoss }) => trainLoss);
  const values = outcomes.map(({ validationLoss }) => validationLoss);
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Returns the median, where a run that diverged or never arrived counts as Infinity. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!];
  return low === high ? low : (low + high) / 2;
}
