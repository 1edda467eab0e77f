/**
 * `npm run study -- flagship`: writes the plan of the flagship study, docs/studies/flagship-plan.json. The study itself
 * needs no server: `npm run etude -- study run docs/studies/flagship-plan.json --out DIR --jobs 2`.
 */
import type { ScheduleTemplate, StudyPlanInput } from "@etude/contracts";
import { freezePlan } from "@etude/learning";
import { flagshipProblems, quickSeeds, slowSeeds } from "./flagship/problems.ts";
import type { Report } from "./lib/run-all.ts";

type Entrant = StudyPlanInput["entrants"][number];

const warm = { warmup: { fraction: 0.05, shape: "linear", from: 0 } };
const tail = { tail: { fraction: 0.2, shape: "1-sqrt" } };

/** F: each with two settings of its shape. */
const fixed: Entrant[] = [
  entrant("constant", "constant", [{ kind: "constant" }, { kind: "constant", ...warm }]),
  entrant("step", "step", [
    { kind: "step", every: { ofSteps: 1 / 3 }, factor: 0.1 },
    { kind: "step", every: { ofSteps: 1 / 5 }, factor: 0.5 },
  ]),
  entrant("exponential", "exponential", [
    { kind: "exponential", every: { ofSteps: 1 }, factor: 0.01 },
    { kind: "exponential", every: { ofSteps: 1 }, factor: 0.1 },
  ]),
  entrant("linear", "linear to 0", [{ kind: "linear" }, { kind: "linear", ...warm }], { control: true }),
  entrant("cosine", "cosine to 0", [{ kind: "cosine" }, { kind: "cosine", ...warm }]),
  entrant("cosine-restarts", "cosine restarts", [
    { kind: "cosine-restarts", cycles: 3 },
    { kind: "cosine-restarts", cycles: 3, multiplier: 2 },
  ]),
  entrant("one-cycle", "one-cycle", [
    { kind: "one-cycle", momentum: null },
    { kind: "one-cycle", momentum: null, riseFraction: 0.1 },
  ]),
  entrant("inverse-sqrt", "inverse sqrt", [
    { kind: "inverse-sqrt", timescale: { ofSteps: 0.1 } },
    { kind: "inverse-sqrt", timescale: { ofSteps: 0.02 }, ...warm },
  ]),
  entrant(
    "wsd",
    "wsd",
    [
      { kind: "wsd", ...warm, ...tail },
      { kind: "constant", ...tail },
    ],
    { control: true },
  ),
];

const onValidation = { metric: "validation/loss", every: "evaluation", patience: 2, window: 1 };
const candidates: Entrant[] = [
  candidate("greedy-hf", "greedy hf", { kind: "greedy", variant: "hf" }),
  candidate("greedy-paper", "greedy paper", { kind: "greedy", variant: "paper" }),
  candidate("greedy-blog", "greedy blog", { kind: "greedy", variant: "blog" }),
  candidate("greedy-raw", "greedy raw", { kind: "greedy", window: 1 }),
  candidate("greedy-fast", "greedy fast", { kind: "greedy", factor: 0.8, patience: 1, window: 10 }),
  candidate("greedy-hf-validation", "greedy hf, held-out", { kind: "greedy", variant: "hf", ...onValidation }),
  candidate("greedy-blog-validation", "greedy blog, held-out", { kind: "greedy", variant: "blog", ...onValidation }),
  candidate("greedy-tail", "greedy + tail", { kind: "greedy", ...tail }),
  candidate("greedy-raw-tail", "greedy raw + tail", { kind: "greedy", window: 1, ...tail }),
  // Not a claim of anybody's: a candidate for the default, between wsd and linear to 0.
  candidate("half-cooldown", "constant + 50 % tail", { kind: "constant", tail: { fraction: 0.5, shape: "1-sqrt" } }),
  candidate(
    "learned",
    "learned policy",
    { kind: "learned", policy: "default-deep" },
    { domains: { factorisation: [{ kind: "learned", policy: "default-nmf" }] } },
  ),
  candidate("hypergradient-global", "hypergradient", { kind: "hypergradient", granularity: "global" }),
  candidate("hypergradient-group", "hypergradient, group", { kind: "hypergradient", granularity: "group" }),
  candidate("hypergradient-parameter", "hypergradient, weight", { kind: "hypergradient", granularity: "parameter" }),
  // A line search needs a direction of descent: it runs on plain SGD whatever the problem's optimizer.
  candidate("line-search", "line search", { kind: "line-search" }, { optimizers: { any: { kind: "sgd" } } }),
];

const rivals: Entrant[] = [
  rival("schedule-free", "schedule-free", {
    sgd: { kind: "schedule-free-sgd" },
    momentum: { kind: "schedule-free-sgd" },
    any: { kind: "schedule-free-adamw" },
  }),
  { ...rival("prodigy", "Prodigy", { any: { kind: "prodigy" } }), rate: "own" },
  { ...rival("dog", "DoG", { any: { kind: "dog" } }), rate: "own", control: false },
];

function entrant(id: string, title: string, settings: ScheduleTemplate[], more: Partial<Entrant> = {}): Entrant {
  return { id, title, role: "fixed", settings, ...more };
}

function candidate(id: string, title: string, setting: ScheduleTemplate, more: Partial<Entrant> = {}): Entrant {
  return { id, title, role: "candidate", settings: [setting], ...more };
}

function rival(id: string, title: string, optimizers: NonNullable<Entrant["optimizers"]>): Entrant {
  return { id, title, role: "rival", control: true, settings: [{ kind: "constant" }], optimizers };
}

const greedies = candidates.map(({ id }) => id).filter((id) => id.startsWith("greedy"));
const adaptive = ["line-search", "hypergradient-global", "hypergradient-group", "hypergradient-parameter"];
/** Whom the claims name, for problems where a run is dear. */
const named = [
  "constant",
  "step",
  "linear",
  "cosine",
  "wsd",
  "greedy-hf",
  "greedy-raw",
  "greedy-tail",
  "learned",
  "half-cooldown",
];
const slowEntrants = [...named, "hypergradient-global", "line-search", "schedule-free", "prodigy"];

const isDeep = ({ problem }: { readonly problem: string }): boolean =>
  /^(mlp|autoencoder|cnn|speeches|char)/.test(problem);

/** Returns the plan of the flagship study. */
export function flagshipPlan(): StudyPlanInput {
  const problems = flagshipProblems();
  const own = problems.filter(({ id, problem }) => id === problem);
  const deep = own.filter(isDeep).map(({ id }) => id);
  const factorisations = own.filter(({ id }) => id.startsWith("nmf")).map(({ id }) => id);
  return {
    name: "The flagship study: do learned schedules beat fixed ones?",
    question:
      "Does GreedyLR, or a schedule learned by reinforcement, end as low as or lower than the usual fixed schedules, with tuned and with untuned rates, and does it get there sooner than line search and hypergradient descent?",
    notes: [
      "Budget of the issue: 60 minutes on 2 cores. The day's machine was shared by eight others: the plan was cut to what fits (below), and times a step are those of a loaded machine.",
      "Slower problems run fewer steps than in the suite: deep MLP 300, CNN 300, NMF of speeches 200, bag of words 250, character transformer 80, widths 150.",
      "Untuned: 8 seeds at five factors on quick problems, 4 seeds at .01, 1, 10 on slower ones, 4 seeds at five factors under other optimizers, none for the character transformer and the widths; slower problems, optimizer and width axes have only the schedules that the claims name.",
      "Tuning is on the final training loss, for held-out numbers too. Grids are centred on the best cosine rate of a scan over seeds 900 and 901. Settings of a fixed schedule share one budget: all of them on the first tuning seed, the best on the others.",
      "Where a problem holds nothing back, schedules that read the validation loss read the training objective. Their evaluations are not charged.",
      "A line search runs on plain SGD whatever the problem's optimizer. Prodigy and DoG run at rate 1, untuned.",
      "NMF rates are clipped to 0.9 of the stability bound for every entrant.",
    ],
    anchor: "cosine",
    budget: { minutes: 60, cores: 2 },
    entrants: [...fixed, ...candidates, ...rivals],
    protocols: {
      quick: {
        tuningSeeds: quickSeeds.tuning,
        evaluationSeeds: quickSeeds.evaluation,
        untuned: { factors: [0.01, 0.1, 1, 3, 10], seeds: quickSeeds.evaluation.slice(0, 8) },
        measurements: 10,
      },
      slow: {
        tuningSeeds: slowSeeds.tuning,
        evaluationSeeds: slowSeeds.evaluation,
        untuned: { factors: [0.01, 1, 10], seeds: slowSeeds.evaluation.slice(0, 4) },
        entrants: slowEntrants,
        measurements: 8,
      },
      optimizers: {
        tuningSeeds: quickSeeds.tuning,
        evaluationSeeds: quickSeeds.evaluation,
        untuned: { factors: [0.01, 0.1, 1, 3, 10], seeds: quickSeeds.evaluation.slice(0, 4) },
        entrants: slowEntrants,
        measurements: 10,
      },
      tunedOnly: {
        tuningSeeds: slowSeeds.tuning,
        evaluationSeeds: slowSeeds.evaluation,
        entrants: named,
        measurements: 4,
      },
    },
    problems,
    extension: { points: 2, times: 1, margin: 0.01 },
    claims: [
      {
        id: "greedy-90",
        text: "GreedyLR is equal or better in more than 90 %",
        candidates: greedies,
        measure: "train",
        wanted: "not-worse",
        above: 0.9,
      },
      {
        id: "greedy-faster",
        text: "GreedyLR converges faster than line search and hypergradient descent (lower median cost to the target)",
        candidates: greedies,
        baselines: adaptive,
        measure: "cost",
        wanted: "better",
        above: 0.5,
      },
      {
        id: "learned-step-nmf",
        text: "Learned schedules beat step decay on NMF",
        candidates: ["learned", "greedy-hf"],
        baselines: ["step"],
        problems: factorisations,
        measure: "train",
        wanted: "better",
        above: 0.5,
      },
      ...(["train", "cost", "validation"] as const).map((measure) => ({
        id: `learned-cosine-deep-${measure}`,
        text: `Learned schedules beat cosine on deep networks: ${{ train: "final training loss", cost: "training time (median cost to the target)", validation: "generalisation (held-out loss)" }[measure]}`,
        candidates: ["learned", "greedy-hf", "greedy-tail"],
        baselines: ["cosine"],
        problems: deep,
        measure,
        wanted: "better" as const,
        above: 0.5,
      })),
    ],
    figures: {
      rates: {
        problems: ["quadratic-noisy", "mlp-digits-momentum", "char-window"],
        entrants: ["greedy-hf", "linear", "constant", "cosine"],
      },
      losses: {
        problems: ["softmax-digits"],
        entrants: ["greedy-hf", "constant", "hypergradient-group", "hypergradient-parameter"],
      },
    },
  };
}

/** Writes the frozen plan; its hash stands in the report. */
export const run = (): Promise<Report> => {
  const { text } = freezePlan(flagshipPlan());
  return Promise.resolve({ "flagship-plan.json": text });
};
