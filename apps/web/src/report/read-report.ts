/** What the page of a report shows, computed from its JSON. */
import type { StudyReport } from "@etude/learning";

export type Comparison = StudyReport["comparisons"][number];
export type Headline = StudyReport["headlines"]["tuned"]["train"][number];
export type Verdict = Comparison["verdict"];

/** From best to worst. */
export const verdictOrder = ["better", "not-worse", "undecided", "worse"] as const satisfies readonly Verdict[];
export const verdictNames = {
  better: "better",
  "not-worse": "not worse",
  undecided: "undecided",
  worse: "worse",
} as const satisfies Record<Verdict, string>;

/** Names of the entrants by id. */
export function titlesOf({ entrants }: StudyReport): (id: string) => string {
  const titles = new Map(entrants.map(({ id, title }) => [id, title]));
  return (id) => titles.get(id) ?? id;
}

export interface Matrix {
  readonly candidates: readonly string[];
  readonly baselines: readonly string[];
  /** The comparisons of one pair, a problem each; empty where they never met. */
  readonly of: (candidate: string, baseline: string) => readonly Comparison[];
}

/** The comparisons at tuned rates as candidate × baseline: candidates and controls first, fixed schedules after them. */
export function matrixOf({ comparisons, entrants }: StudyReport): Matrix {
  const pairs = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    const key = `${comparison.candidate} ${comparison.baseline}`;
    const pair = pairs.get(key);
    if (pair) pair.push(comparison);
    else pairs.set(key, [comparison]);
  }
  const among = (ids: ReadonlySet<string>): string[] => entrants.map(({ id }) => id).filter((id) => ids.has(id));
  const fixed = new Set(entrants.filter(({ role }) => role === "fixed").map(({ id }) => id));
  const candidates = among(new Set(comparisons.map(({ candidate }) => candidate)));
  return {
    candidates: candidates.toSorted((a, b) => Number(fixed.has(a)) - Number(fixed.has(b))),
    baselines: among(new Set(comparisons.map(({ baseline }) => baseline))),
    of: (candidate, baseline) => pairs.get(`${candidate} ${baseline}`) ?? [],
  };
}

/** How many comparisons have each verdict. */
export const countVerdicts = (comparisons: readonly Comparison[]): Record<Verdict, number> =>
  Object.fromEntries(
    verdictOrder.map((verdict) => [verdict, comparisons.filter((one) => one.verdict === verdict).length]),
  ) as Record<Verdict, number>;

/** Runs of neighbours, best first, whose mean ranks lie within the critical difference; the longest only. */
export function cliques(sorted: readonly number[], criticalDifference: number): [first: number, last: number][] {
  const found: [number, number][] = [];
  for (let first = 0; first < sorted.length; first += 1) {
    let last = first;
    while (last + 1 < sorted.length && sorted[last + 1]! - sorted[first]! <= criticalDifference) last += 1;
    if (last > first && (found.at(-1)?.[1] ?? -1) < last) found.push([first, last]);
  }
  return found;
}

/** So many lines can be told apart in one figure. */
export const mostLines = 10;
/** Profiles are drawn up to this ratio. */
export const widestRatio = 10;

/** Entrants in the order of their mean ranks, where the study has ranks; else as they are. At most `mostLines`. */
export function leaders({ ranks, profiles }: StudyReport): string[] {
  if (!ranks) return profiles.map(({ entrant }) => entrant).slice(0, mostLines);
  const rankOf = (id: string): number => ranks.meanRanks[ranks.entrants.indexOf(id)]!;
  return ranks.entrants.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, mostLines);
}
