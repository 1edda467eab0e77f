import type { ScheduleInput } from "@etude/catalog";

/** One of PyTorch's or Transformers' schedulers, as schedules.py builds it; a LambdaLR names its formula there. */
export interface Theirs {
  readonly scheduler: string;
  readonly formula?: string;
  readonly kwargs?: Readonly<Record<string, unknown>>;
  readonly parts?: readonly Theirs[];
}

export interface Case {
  readonly name: string;
  readonly ours: ScheduleInput;
  /** Absent where PyTorch has nothing that does the same. */
  readonly theirs?: Theirs;
}

/** Updates in a run. */
export const horizon = 20_000;
export const rate = 0.1;

const replayed = "01890a5d-ac96-774b-bcce-b302099a8057";
const recorded = Array.from({ length: horizon }, (_, step) => rate / (1 + step / 1000));
/** What the replayed run applied. */
export const curves = { [replayed]: recorded };

const [half, tenth, fifth] = [horizon / 2, horizon / 10, horizon / 5];
const warmup = { steps: tenth, from: 0.01 } as const;
const linearRise: Theirs = {
  scheduler: "LinearLR",
  kwargs: { start_factor: 0.01, end_factor: 1, total_iters: tenth },
};
const sequential = (at: number, first: Theirs, second: Theirs): Theirs => ({
  scheduler: "SequentialLR",
  kwargs: { milestones: [at] },
  parts: [first, second],
});
const annealing = (steps: number): Theirs => ({ scheduler: "CosineAnnealingLR", kwargs: { T_max: steps } });
const forEver: Theirs = { scheduler: "ConstantLR", kwargs: { factor: 1, total_iters: 0 } };
const points = [
  { at: 0, rate: 0.01 },
  { at: tenth, rate },
  { at: half, rate },
  { at: horizon, rate: 0 },
];

const plateau = { kind: "plateau", rate, metric: "train/loss", every: "step", factor: 0.5, patience: 10 } as const;
const reduceOnPlateau: Theirs = {
  scheduler: "ReduceLROnPlateau",
  kwargs: { factor: 0.5, patience: 10, threshold: 1e-4, threshold_mode: "rel", eps: 0 },
};
const greedy = { kind: "greedy", rate, minRate: 1e-4, maxRate: 1, patience: 10, threshold: 1e-4 } as const;
const greedyLr = (kwargs: Readonly<Record<string, unknown>>): Theirs => ({
  scheduler: "GreedyLR",
  kwargs: {
    factor: 0.95,
    min_lr: 1e-4,
    max_lr: 1,
    patience: 10,
    threshold: 1e-4,
    threshold_mode: "rel",
    eps: 0,
    reset_start: 1_000_000_000,
    ...kwargs,
  },
});

/** Every kind, with what PyTorch has for it. */
export const cases: readonly Case[] = [
  { name: "constant", ours: { kind: "constant", rate }, theirs: forEver },
  {
    name: "step",
    ours: { kind: "step", rate, every: tenth, factor: 0.5 },
    theirs: { scheduler: "StepLR", kwargs: { step_size: tenth, gamma: 0.5 } },
  },
  {
    name: "multistep",
    ours: { kind: "multistep", rate, milestones: [5_000, 10_000, 15_000], factor: 0.3 },
    theirs: { scheduler: "MultiStepLR", kwargs: { milestones: [5_000, 10_000, 15_000], gamma: 0.3 } },
  },
  {
    name: "exponential",
    ours: { kind: "exponential", rate, factor: 0.9997 },
    theirs: { scheduler: "ExponentialLR", kwargs: { gamma: 0.9997 } },
  },
  {
    name: "linear",
    ours: { kind: "linear", rate, finalRate: rate / 100 },
    theirs: { scheduler: "LinearLR", kwargs: { start_factor: 1, end_factor: 0.01, total_iters: horizon } },
  },
  {
    name: "polynomial",
    ours: { kind: "polynomial", rate, power: 2 },
    theirs: { scheduler: "PolynomialLR", kwargs: { power: 2, total_iters: horizon } },
  },
  { name: "cosine", ours: { kind: "cosine", rate }, theirs: annealing(horizon) },
  {
    name: "cosine-restarts",
    ours: { kind: "cosine-restarts", rate, period: 1000, multiplier: 2 },
    theirs: { scheduler: "CosineAnnealingWarmRestarts", kwargs: { T_0: 1000, T_mult: 2 } },
  },
  {
    name: "one-cycle",
    ours: { kind: "one-cycle", rate },
    theirs: { scheduler: "OneCycleLR", kwargs: { max_lr: rate, total_steps: horizon } },
  },
  {
    name: "cyclic",
    ours: {
      kind: "cyclic",
      rate,
      minRate: 0.01,
      stepsUp: 500,
      mode: "triangular2",
      momentum: { low: 0.8, high: 0.9 },
    },
    theirs: {
      scheduler: "CyclicLR",
      kwargs: { base_lr: 0.01, max_lr: rate, step_size_up: 500, mode: "triangular2" },
    },
  },
  {
    name: "inverse-sqrt",
    ours: { kind: "inverse-sqrt", rate, timescale: 1000 },
    theirs: { scheduler: "LambdaLR", formula: "inverse-sqrt", kwargs: { timescale: 1000 } },
  },
  {
    name: "wsd",
    ours: { kind: "wsd", rate, warmup: { steps: tenth }, tail: { steps: fifth } },
    theirs: {
      scheduler: "LambdaLR",
      formula: "wsd",
      kwargs: { warmup: tenth, stable: horizon - tenth - fifth, decay: fifth },
    },
  },
  {
    name: "piecewise",
    ours: { kind: "piecewise", points },
    theirs: {
      scheduler: "LambdaLR",
      formula: "piecewise",
      kwargs: { places: points.map(({ at }) => at), factors: points.map((point) => point.rate / rate) },
    },
  },
  {
    name: "replay",
    ours: { kind: "replay", run: replayed },
    theirs: { scheduler: "LambdaLR", formula: "replay", kwargs: { factors: recorded.map((value) => value / rate) } },
  },
  {
    name: "sequence",
    ours: {
      kind: "sequence",
      parts: [{ schedule: { kind: "constant", rate }, steps: half }, { schedule: { kind: "cosine", rate } }],
    },
    theirs: sequential(half, forEver, annealing(half)),
  },
  { name: "plateau", ours: plateau, theirs: reduceOnPlateau },
  { name: "greedy, no window", ours: { ...greedy, window: 1 }, theirs: greedyLr({}) },
  { name: "greedy, window 50", ours: greedy, theirs: greedyLr({ smooth: true, window_size: 50 }) },
  { name: "greedy, paper", ours: { ...greedy, variant: "paper" } },
  { name: "greedy, blog", ours: { ...greedy, variant: "blog", cooldownLength: 5, warmupLength: 5 } },
  { name: "hypergradient", ours: { kind: "hypergradient", rate: 0.01 } },
  { name: "hypergradient, per group", ours: { kind: "hypergradient", rate: 0.01, granularity: "group" } },
  { name: "hypergradient, per weight", ours: { kind: "hypergradient", rate: 0.01, granularity: "parameter" } },
  { name: "line-search", ours: { kind: "line-search" } },
  {
    name: "cosine + warmup",
    ours: { kind: "cosine", rate, warmup },
    theirs: sequential(tenth, linearRise, annealing(horizon - tenth)),
  },
  {
    name: "constant + linear tail",
    ours: { kind: "constant", rate, tail: { steps: fifth, shape: "linear", to: 0.01 } },
    theirs: sequential(horizon - fifth, forEver, {
      scheduler: "LinearLR",
      kwargs: { start_factor: 1, end_factor: 0.01, total_iters: fifth },
    }),
  },
  {
    name: "plateau + warmup + tail",
    ours: { ...plateau, warmup, tail: { steps: fifth } },
  },
  {
    name: "greedy + warmup + tail",
    ours: { ...greedy, warmup, tail: { steps: fifth } },
  },
];
