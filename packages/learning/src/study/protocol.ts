/** Which cells a study runs, in what order, given what has been run. */
import type { StudyPlan, StudyProblem } from "@etude/contracts";
import type { Problem } from "../engine/problem.ts";
import { type Cell, keyOf, type Outcomes } from "./cell.ts";
import { entrantsOn, type Tuned, tuneProblem } from "./tuning.ts";

export const stages = ["tuning", "evaluation", "untuned", "figures"] as const;
export type Stage = (typeof stages)[number];

/** Returns the paired runs of everybody at what was chosen for them. */
export function evaluationCells(plan: StudyPlan, problem: StudyProblem, { choices }: Tuned): Cell[] {
  const { evaluationSeeds } = plan.protocols[problem.protocol]!;
  return entrantsOn(plan, problem).flatMap(({ id }) => {
    const { setting, rate } = choices.get(id)!;
    return evaluationSeeds.map((seed) => ({
      problem: problem.id,
      entrant: id,
      setting,
      rate,
      seed,
      keep: "curve" as const,
    }));
  });
}

/** Returns the rate that an entrant starts from when it is `factor` times the anchor's tuned one. */
export function untunedRate(plan: StudyPlan, { choices }: Tuned, entrant: string, factor: number): number {
  const own = plan.entrants.find(({ id }) => id === entrant)?.rate === "own";
  return own ? 1 : +(choices.get(plan.anchor)!.rate * factor).toPrecision(12);
}

/** Returns the runs of everybody, first setting, at multiples of the anchor's tuned rate. */
export function untunedCells(plan: StudyPlan, problem: StudyProblem, tuned: Tuned): Cell[] {
  const { untuned } = plan.protocols[problem.protocol]!;
  // Without its anchor a problem has no rate to start from.
  const factors = tuned.choices.has(plan.anchor) ? (untuned?.factors ?? []) : [];
  const cells = factors.flatMap((factor) =>
    entrantsOn(plan, problem).flatMap(({ id }) =>
      untuned!.seeds.map((seed) => ({
        problem: problem.id,
        entrant: id,
        setting: 0,
        rate: untunedRate(plan, tuned, id, factor),
        seed,
        keep: "curve" as const,
      })),
    ),
  );
  return [...new Map(cells.map((cell) => [keyOf(cell), cell])).values()];
}

/** Returns the runs that figures draw step by step: what was chosen, on the first evaluation seed. */
export function figureCells(plan: StudyPlan, problem: StudyProblem, { choices }: Tuned): Cell[] {
  const { rates, losses } = plan.figures ?? {};
  const drawn = [rates, losses].flatMap((figure) => (figure?.problems.includes(problem.id) ? figure.entrants : []));
  const seed = plan.protocols[problem.protocol]!.evaluationSeeds[0]!;
  return [...new Set(drawn)].flatMap((entrant) => {
    const choice = choices.get(entrant);
    if (!choice) return [];
    return [{ problem: problem.id, entrant, setting: choice.setting, rate: choice.rate, seed, keep: "trace" as const }];
  });
}

/** Returns the cells of a stage that have not been run. Empty for the later stages while tuning is not done. */
export function missingCells(
  stage: Stage,
  plan: StudyPlan,
  problem: StudyProblem,
  suiteProblem: Problem,
  outcomes: Outcomes,
): readonly Cell[] {
  const step = tuneProblem({ plan, problem, suiteProblem, outcomes });
  if ("missing" in step) return stage === "tuning" ? step.missing : [];
  const cells = {
    tuning: (): Cell[] => [],
    evaluation: () => evaluationCells(plan, problem, step.tuned),
    untuned: () => untunedCells(plan, problem, step.tuned),
    figures: () => figureCells(plan, problem, step.tuned),
  };
  return cells[stage]().filter((cell) => !outcomes.has(keyOf(cell)));
}

/**
 * Returns how many runs a problem takes without any extension of its grid. A method that finds its own rate is evaluated once and
 * for all.
 */
export function expectedRuns(plan: StudyPlan, problem: StudyProblem): number {
  const { tuningSeeds, evaluationSeeds, untuned } = plan.protocols[problem.protocol]!;
  const entrants = entrantsOn(plan, problem);
  const tuned = entrants.filter(({ rate }) => rate === "tuned").length;
  return (
    tuned * problem.rates.length * tuningSeeds.length +
    entrants.length * evaluationSeeds.length +
    tuned * (untuned?.factors.length ?? 0) * (untuned?.seeds.length ?? 0)
  );
}
