import type { StudyPlan, StudyPlanInput } from "@etude/contracts";

/** Between every two neighbours, k − 1 rates in equal ratios. */
const finer = (rates: readonly number[], k: number): number[] => [
  ...rates.slice(1).flatMap((next, i) => {
    const rate = rates[i]!;
    return Array.from({ length: k }, (_, j) => +(rate * (next / rate) ** (j / k)).toPrecision(12));
  }),
  rates.at(-1)!,
];

/**
 * Returns the plan that spends on each of `entrants` alone what `plan` spends on k schedules: the same problems, seeds and
 * settings with a grid of rates k times as fine. `always-wsd` and `always-cosine` of the shoot-out come from it.
 */
export function finerPlan(plan: StudyPlan, k: number, entrants: readonly string[]): StudyPlanInput {
  const { protocols, extension, margins } = plan;
  const kept = Object.entries(protocols).map(([name, protocol]) => [
    name,
    { ...protocol, entrants: [...entrants], untuned: null },
  ]);
  return {
    name: `${plan.name} Rates ${k} times as fine for ${entrants.join(" and ")}`.slice(0, 200),
    problems: plan.problems.map((problem) => ({ ...problem, rates: finer(problem.rates, k) })),
    protocols: Object.fromEntries(kept),
    entrants: plan.entrants.filter(({ id }) => entrants.includes(id)),
    anchor: entrants[0]!,
    extension: { ...extension, points: Math.min(8, extension.points * k) },
    margins,
  };
}
