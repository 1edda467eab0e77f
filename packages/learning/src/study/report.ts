/** The report of a study as data: what the page renders and the Markdown file says. */
import type { StudyPlan } from "@etude/contracts";
import { type Friedman, friedman, type PerformanceProfile } from "../statistics/index.ts";
import { familyRanks, medianLoss, profilesOf, type Regret, regretsOf } from "./across-problems.ts";
import { type CellOutcome, keyOf, type Outcomes } from "./cell.ts";
import { type ChosenDefault, chooseDefault } from "./choose-default.ts";
import { type ClaimResult, judgeClaims } from "./claims.ts";
import type { Suite } from "./execute-cell.ts";
import { compareAll, type Headline, headlineOf, type PlacedComparison } from "./headline.ts";
import { figureCells } from "./protocol.ts";
import { collectResults, costToTarget, medianOf, type ProblemResults, type Regime } from "./results.ts";
import { judgeOf } from "./verdict.ts";

/** JSON has no infinity: a loss of null means diverged, a cost of null never reached. */
export interface EntrantRow {
  readonly entrant: string;
  readonly setting: number;
  readonly rate: number;
  readonly trainLoss: number | null;
  readonly validationLoss?: number | null;
  readonly accuracy?: number;
  readonly cost: number | null;
  readonly diverged: number;
  readonly microsecondsPerStep: number;
  readonly stateBytes: number;
  readonly optimizerBytes: number;
}

export interface ProblemReport {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  readonly domain: string;
  readonly optimizer: string;
  readonly steps: number;
  readonly protocol: string;
  readonly axis?: { readonly name: string; readonly value: number };
  readonly resolution: number;
  readonly rates: readonly number[];
  readonly gridExtensions: number;
  /** Median over the seeds. */
  readonly target: number;
  readonly rows: readonly EntrantRow[];
  /** Of each untuned factor, by entrant: median final loss over that of the tuned anchor; null when diverged. */
  readonly untuned: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
}

export interface StudyReport {
  readonly format: "etude-study-1";
  readonly name: string;
  readonly question: string;
  readonly notes: readonly string[];
  /** SHA-256 of the frozen plan. */
  readonly planHash: string;
  readonly engine: "array";
  readonly runs: number;
  readonly trainingSeconds: number;
  /** Problems that are not judged here, or not at these factors, since runs are missing. */
  readonly incomplete: readonly string[];
  readonly entrants: readonly Pick<StudyPlan["entrants"][number], "id" | "title" | "role" | "control">[];
  readonly problems: readonly ProblemReport[];
  readonly headlines: {
    readonly tuned: Readonly<Record<"train" | "validation", readonly Headline[]>>;
    readonly untuned: Readonly<Record<"train" | "validation", readonly Headline[]>>;
  };
  readonly regret: readonly Regret[];
  readonly claims: readonly (ClaimResult & { readonly text: string; readonly above: number })[];
  readonly ranks?: Friedman & { readonly entrants: readonly string[]; readonly families: number };
  readonly profiles: readonly (PerformanceProfile & { readonly entrant: string })[];
  readonly defaults: readonly ChosenDefault[];
  /** Of each tuned problem and entrant: the comparisons with F. */
  readonly comparisons: readonly PlacedComparison[];
  readonly traces: readonly (Pick<CellOutcome, "problem" | "entrant"> & {
    readonly trace: NonNullable<CellOutcome["trace"]>;
  })[];
}

const finite = (value: number): number | null => (Number.isFinite(value) ? +value.toPrecision(6) : null);

/** Judges what has been run. Pure: the same plan and outcomes give the same report. */
export function reportStudy(
  { plan, hash }: { readonly plan: StudyPlan; readonly hash: string },
  suite: Suite,
  outcomes: Outcomes,
): StudyReport {
  const results = collectResults(plan, suite, outcomes);
  const judge = judgeOf(plan);
  const fixed = plan.entrants.filter(({ role }) => role === "fixed").map(({ id }) => id);
  const factors = [...new Set(results.flatMap(({ regimes }) => [...regimes.keys()]))].filter((one) => one !== "tuned");
  const compare = (regimes: readonly Regime[], measure: "train" | "validation") =>
    new Map(plan.entrants.map(({ id }) => [id, compareAll(judge, results, regimes, measure, id, fixed)] as const));
  const tunedTrain = compare(["tuned"], "train");
  const lines = (found: ReadonlyMap<string, readonly PlacedComparison[]>): Headline[] =>
    [...found]
      .flatMap(([id, comparisons]) => headlineOf(plan, id, comparisons) ?? [])
      .toSorted((a, b) => b.pooled - a.pooled);
  const everyone = plan.entrants
    .map(({ id }) => id)
    .filter((id) => results.every(({ regimes }) => regimes.get("tuned")!.has(id)));
  const blocks = familyRanks(results, everyone);
  const texts = new Map(plan.claims.map(({ id, text, above }) => [id, { text, above }]));
  return {
    format: "etude-study-1",
    name: plan.name,
    question: plan.question,
    notes: plan.notes,
    planHash: hash,
    engine: "array",
    runs: outcomes.size,
    trainingSeconds: Math.round([...outcomes.values()].reduce((sum, { seconds }) => sum + seconds, 0)),
    incomplete: incompleteOf(plan, results),
    entrants: plan.entrants.map(({ id, title, role, control }) => ({ id, title, role, control })),
    problems: results.map((result) => problemReport(plan, result)),
    headlines: {
      tuned: { train: lines(tunedTrain), validation: lines(compare(["tuned"], "validation")) },
      untuned: { train: lines(compare(factors, "train")), validation: lines(compare(factors, "validation")) },
    },
    regret: regretsOf(plan, results, factors as number[]),
    claims: judgeClaims(plan, judge, results).map((claim) => ({ ...claim, ...texts.get(claim.claim)! })),
    ...(blocks.length > 1 &&
      everyone.length > 1 && { ranks: { ...friedman(blocks), entrants: everyone, families: blocks.length } }),
    profiles: profilesOf(results, everyone),
    defaults: chooseDefault(plan, tunedTrain) ?? [],
    comparisons: [...tunedTrain.values()].flat().map((one) => ({
      ...one,
      median: +one.median.toPrecision(4),
      interval: [+one.interval[0].toPrecision(4), +one.interval[1].toPrecision(4)],
      p: +one.p.toPrecision(3),
    })),
    traces: results.flatMap(({ planned, tuned }) =>
      figureCells(plan, planned, tuned).flatMap((cell) => {
        const trace = outcomes.get(keyOf(cell))?.trace;
        return trace ? [{ problem: planned.id, entrant: cell.entrant, trace }] : [];
      }),
    ),
  };
}

function incompleteOf(plan: StudyPlan, results: readonly ProblemResults[]): string[] {
  return plan.problems.flatMap(({ id, protocol }) => {
    const result = results.find(({ planned }) => planned.id === id);
    if (!result) return [`${id}: not evaluated`];
    const missing = (plan.protocols[protocol]!.untuned?.factors ?? []).filter((factor) => !result.regimes.has(factor));
    return missing.length > 0 ? [`${id}: not untuned at ${missing.join(", ")}`] : [];
  });
}

function problemReport(plan: StudyPlan, result: ProblemResults): ProblemReport {
  const { planned, problem, steps, tuned, targets, regimes } = result;
  const anchor = medianLoss(regimes.get("tuned")!.get(plan.anchor)!, problem.resolution);
  const factors = [...regimes.keys()].filter((regime) => regime !== "tuned");
  return {
    id: planned.id,
    title: problem.title,
    family: problem.family,
    domain: problem.domain,
    optimizer: (planned.optimizer ?? problem.optimizer).kind,
    steps,
    protocol: planned.protocol,
    ...(planned.axis && { axis: planned.axis }),
    resolution: problem.resolution,
    rates: tuned.rates,
    gridExtensions: tuned.extended,
    target: +medianOf([...targets.values()]).toPrecision(6),
    rows: [...regimes.get("tuned")!].map(([entrant, outcomes]) => rowOf(result, entrant, outcomes)),
    untuned: Object.fromEntries(
      factors.map((factor) => [
        String(factor),
        Object.fromEntries(
          [...regimes.get(factor)!].map(([entrant, outcomes]) => [
            entrant,
            finite(medianLoss(outcomes, problem.resolution) / anchor),
          ]),
        ),
      ]),
    ),
  };
}

function rowOf(
  { tuned, targets, steps }: ProblemResults,
  entrant: string,
  outcomes: readonly CellOutcome[],
): EntrantRow {
  const { setting, rate } = tuned.choices.get(entrant)!;
  const validation = outcomes.flatMap(({ validationLoss }) => validationLoss ?? []);
  const accuracies = outcomes.flatMap(({ accuracy }) => accuracy ?? []);
  return {
    entrant,
    setting,
    rate,
    trainLoss: finite(medianOf(outcomes.map(({ trainLoss }) => trainLoss))),
    ...(validation.length > 0 && { validationLoss: finite(medianOf(validation)) }),
    ...(accuracies.length > 0 && { accuracy: +medianOf(accuracies).toPrecision(4) }),
    cost: finite(medianOf(outcomes.map((outcome) => costToTarget(outcome, targets)))),
    diverged: outcomes.filter(({ diverged }) => diverged).length,
    microsecondsPerStep: +((1e6 * medianOf(outcomes.map(({ seconds }) => seconds))) / steps).toPrecision(3),
    stateBytes: medianOf(outcomes.map(({ stateBytes }) => stateBytes)),
    optimizerBytes: outcomes[0]!.optimizerBytes,
  };
}
