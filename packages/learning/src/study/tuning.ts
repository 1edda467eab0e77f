/** How rates and settings are chosen: on tuning seeds alone, every entrant with the same number of runs. */
import type { StudyEntrant, StudyPlan, StudyProblem } from "@etude/contracts";
import type { Problem } from "../engine/problem.ts";
import { type Cell, keyOf, type Outcomes } from "./cell.ts";
import { settingsFor } from "./resolve-schedule.ts";

export interface Choice {
  readonly setting: number;
  readonly rate: number;
  /** Mean ln(final loss) over the tuning seeds, the loss floored at the resolution; Infinity when one diverged. */
  readonly score: number;
}

export interface Tuned {
  /** The grid as it ended. */
  readonly rates: readonly number[];
  readonly choices: ReadonlyMap<string, Choice>;
  /** How often the grid grew. */
  readonly extended: number;
}

/** Cells that are still to be run, or what was chosen. */
export type TuningStep = { readonly missing: readonly Cell[] } | { readonly tuned: Tuned };

/** Returns the entrants of a problem. */
export function entrantsOn(plan: StudyPlan, problem: StudyProblem): readonly StudyEntrant[] {
  const chosen = plan.protocols[problem.protocol]!.entrants;
  return plan.entrants.filter(({ id }) => chosen?.includes(id) ?? true);
}

interface Task {
  readonly plan: StudyPlan;
  readonly problem: StudyProblem;
  readonly suiteProblem: Problem;
  readonly outcomes: Outcomes;
}

/** Returns the mean ln(loss) of a setting at a rate over these seeds; undefined while a run is missing. */
function scoreOf({ outcomes, suiteProblem }: Task, cells: readonly Cell[]): number | undefined {
  let sum = 0;
  for (const cell of cells) {
    const outcome = outcomes.get(keyOf(cell));
    if (!outcome) return undefined;
    sum += Math.log(Math.max(outcome.trainLoss, suiteProblem.resolution));
  }
  return sum / cells.length;
}

/**
 * Chooses setting and rate of one entrant. With one setting every rate runs on every seed. With more, the same number of
 * runs is spent in two rounds: all settings and rates on the first seed, then the best of them on the others.
 */
function tuneEntrant(task: Task, entrant: StudyEntrant, rates: readonly number[]): Cell[] | Choice[] {
  const { plan, problem, suiteProblem } = task;
  const seeds = plan.protocols[problem.protocol]!.tuningSeeds;
  const settings = settingsFor(entrant, suiteProblem.domain);
  const cellsOf = (setting: number, rate: number, some: readonly number[]): Cell[] =>
    some.map((seed) => ({ problem: problem.id, entrant: entrant.id, setting, rate, seed, keep: "end" as const }));
  const pairs = settings.flatMap((_, setting) => rates.map((rate) => ({ setting, rate })));
  const first = settings.length === 1 ? seeds : seeds.slice(0, 1);
  const scored = pairs.map((pair) => ({ ...pair, score: scoreOf(task, cellsOf(pair.setting, pair.rate, first)) }));
  if (scored.some(({ score }) => score === undefined)) return pairs.flatMap((p) => cellsOf(p.setting, p.rate, first));
  const ranked = (scored as Choice[]).toSorted((a, b) => a.score - b.score || a.rate - b.rate);
  if (settings.length === 1) return ranked;
  const left = rates.length * seeds.length - pairs.length;
  const promoted = ranked.slice(0, Math.max(0, Math.floor(left / (seeds.length - 1))));
  if (promoted.length === 0) return ranked;
  const again = promoted.map((pair) => ({ ...pair, score: scoreOf(task, cellsOf(pair.setting, pair.rate, seeds)) }));
  if (again.some(({ score }) => score === undefined)) return promoted.flatMap((p) => cellsOf(p.setting, p.rate, seeds));
  return [
    ...(again as Choice[]).toSorted((a, b) => a.score - b.score || a.rate - b.rate),
    ...ranked.slice(promoted.length),
  ];
}

const isCells = (found: Cell[] | Choice[]): found is Cell[] => found.length > 0 && "seed" in found[0]!;

/** Returns -1 or 1 where the best rate lies on the grid's lower or upper edge and beats its neighbour, else 0. */
function edgeOf(ranked: readonly Choice[], rates: readonly number[], margin: number): -1 | 0 | 1 {
  const best = ranked[0]!;
  const at = rates.indexOf(best.rate);
  if (at > 0 && at < rates.length - 1) return 0;
  const neighbour = rates[at === 0 ? 1 : rates.length - 2]!;
  const beside = ranked.find(({ setting, rate }) => setting === best.setting && rate === neighbour);
  if (best.score === Infinity || !(best.score < beside!.score - margin)) return 0;
  return at === 0 ? -1 : 1;
}

/** Returns the grid with `points` more on either side where asked, in the ratio of its own last two. */
export function extendGrid(rates: readonly number[], low: boolean, high: boolean, points: number): number[] {
  const [first, second] = [rates[0]!, rates[1]!];
  const [beforeLast, last] = [rates.at(-2)!, rates.at(-1)!];
  const steps = Array.from({ length: points }, (_, i) => i + 1);
  return [
    ...(low ? steps.map((i) => +(first * (first / second) ** i).toPrecision(12)).toReversed() : []),
    ...rates,
    ...(high ? steps.map((i) => +(last * (last / beforeLast) ** i).toPrecision(12)) : []),
  ];
}

/**
 * Returns what tuning a problem still needs, or its choices. The grid is extended for all while the best rate of any
 * tuned entrant lies on an edge, as often as the plan allows.
 */
export function tuneProblem(task: Task): TuningStep {
  const { plan, problem, outcomes } = task;
  const { points, times, margin } = plan.extension;
  const entrants = entrantsOn(plan, problem);
  let rates: readonly number[] = problem.rates;
  for (let extended = 0; ; extended++) {
    const missing = new Map<string, Cell>();
    const choices = new Map<string, Choice>();
    const edges = new Set<number>();
    for (const entrant of entrants) {
      if (entrant.rate === "own") {
        choices.set(entrant.id, { setting: 0, rate: 1, score: Number.NaN });
        continue;
      }
      const found = tuneEntrant(task, entrant, rates);
      if (isCells(found)) {
        for (const cell of found) if (!outcomes.has(keyOf(cell))) missing.set(keyOf(cell), cell);
        continue;
      }
      choices.set(entrant.id, found[0]!);
      edges.add(edgeOf(found, rates, margin));
    }
    if (missing.size > 0) return { missing: [...missing.values()] };
    const [low, high] = [edges.has(-1), edges.has(1)];
    if (extended === times || (!low && !high)) return { tuned: { rates, choices, extended } };
    rates = extendGrid(rates, low, high, points);
  }
}
