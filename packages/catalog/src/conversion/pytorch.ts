/** PyTorch's torch.optim.lr_scheduler (2.12), closed formulas. Rate t is the one that update t uses. */
import { z } from "zod";
import { count, type Foreign, foreign, held, nonNegative, perGroup } from "./foreign.ts";
import { oneCycle } from "./pytorch-one-cycle.ts";

const always = {
  last_epoch: z.literal(-1).default(-1),
  verbose: z.union([z.boolean(), z.string()]).optional(),
};
const momenta = (low: number, high: number) => ({
  cycle_momentum: z.boolean().default(true),
  base_momentum: perGroup(z.number()).default(low),
  max_momentum: perGroup(z.number()).default(high),
});

export const pytorch: Readonly<Record<string, Foreign>> = {
  StepLR: foreign({ step_size: count(), gamma: z.number().default(0.1), ...always }, (kwargs, rate) => ({
    spec: kwargs.gamma === 1 ? held(rate) : { kind: "step", rate, every: kwargs.step_size, factor: kwargs.gamma },
  })),

  MultiStepLR: foreign(
    { milestones: z.array(z.int().min(0)), gamma: z.number().default(0.1), ...always },
    (kwargs, rate) => {
      const milestones = [...kwargs.milestones].sort((a, b) => a - b);
      if (milestones.length === 0 || kwargs.gamma === 1) return { spec: held(rate) };
      return { spec: { kind: "multistep", rate, milestones, factor: kwargs.gamma } };
    },
  ),

  ConstantLR: foreign(
    {
      factor: z
        .number()
        .min(0)
        .max(1)
        .default(1 / 3),
      total_iters: z.int().min(0).default(5),
      ...always,
    },
    ({ factor, total_iters: total }, rate) => {
      if (total === 0) return { spec: held(rate * factor) };
      const points = [
        { at: 0, rate: rate * factor },
        { at: total, rate },
      ];
      const spec = { kind: "piecewise", points, unit: "step", interpolation: "hold" } as const;
      // PyTorch divides by the factor at the end.
      return factor === 0 ? { spec, ends: total } : { spec };
    },
  ),

  LinearLR: foreign(
    {
      start_factor: z
        .number()
        .gt(0)
        .max(1)
        .default(1 / 3),
      end_factor: z.number().min(0).max(1).default(1),
      total_iters: z.int().min(0).default(5),
      ...always,
    },
    ({ start_factor: start, end_factor: end, total_iters: total }, rate) =>
      total === 0
        ? { spec: held(rate * start) }
        : { spec: { kind: "linear", rate: rate * start, finalRate: rate * end, decaySteps: total } },
  ),

  ExponentialLR: foreign({ gamma: z.number(), ...always }, ({ gamma }, rate) => ({
    spec: gamma === 1 ? held(rate) : { kind: "exponential", rate, factor: gamma, every: 1 },
  })),

  PolynomialLR: foreign(
    { total_iters: z.int().min(0).default(5), power: z.number().default(1), ...always },
    ({ total_iters: total, power }, rate) => {
      if (total === 0 || power === 0) return { spec: held(rate) };
      const spec = { kind: "polynomial", rate, finalRate: 0, power, decaySteps: total, cycle: false } as const;
      // A negative power of the nothing that is left at the end.
      return power < 0 ? { spec, ends: total } : { spec };
    },
  ),

  CosineAnnealingLR: foreign({ T_max: count(), eta_min: nonNegative().default(0), ...always }, (kwargs, rate) => ({
    spec: {
      kind: "cosine",
      rate,
      minRate: kwargs.eta_min,
      decaySteps: kwargs.T_max,
      cycles: 0.5,
      beyond: "continue",
    },
    notes: ["After T_max PyTorch's cosine rises again; beyond: continue keeps that."],
  })),

  CosineAnnealingWarmRestarts: foreign(
    { T_0: count(), T_mult: count().default(1), eta_min: nonNegative().default(0), ...always },
    (kwargs, rate) => ({
      spec: {
        kind: "cosine-restarts",
        rate,
        minRate: kwargs.eta_min,
        period: kwargs.T_0,
        multiplier: kwargs.T_mult,
        peakFactor: 1,
      },
    }),
  ),

  OneCycleLR: foreign(
    {
      max_lr: perGroup(nonNegative()),
      total_steps: count().nullish(),
      epochs: count().nullish(),
      steps_per_epoch: count().nullish(),
      pct_start: z.number().min(0).max(1).default(0.3),
      anneal_strategy: z.enum(["cos", "linear"]).default("cos"),
      ...momenta(0.85, 0.95),
      div_factor: z.number().gt(0).default(25),
      final_div_factor: z.number().gt(0).default(1e4),
      three_phase: z.boolean().default(false),
      ...always,
    },
    oneCycle,
  ),

  CyclicLR: foreign(
    {
      base_lr: perGroup(nonNegative()),
      max_lr: perGroup(nonNegative()),
      step_size_up: z.number().gt(0).default(2000),
      step_size_down: z.number().gt(0).nullish(),
      mode: z.enum(["triangular", "triangular2", "exp_range"]).default("triangular"),
      gamma: z.number().default(1),
      scale_fn: z.null().optional(),
      scale_mode: z.enum(["cycle", "iterations"]).default("cycle"),
      ...momenta(0.8, 0.9),
      ...always,
    },
    (kwargs) => {
      const shrinking = kwargs.mode === "exp_range" && kwargs.gamma !== 1;
      return {
        spec: {
          kind: "cyclic",
          rate: kwargs.max_lr,
          minRate: kwargs.base_lr,
          stepsUp: kwargs.step_size_up,
          stepsDown: kwargs.step_size_down ?? kwargs.step_size_up,
          mode: shrinking ? "exp-range" : kwargs.mode === "triangular2" ? "triangular2" : "triangular",
          factor: shrinking ? kwargs.gamma : 0.999,
          momentum: kwargs.cycle_momentum ? { low: kwargs.base_momentum, high: kwargs.max_momentum } : null,
        },
      };
    },
  ),

  ReduceLROnPlateau: foreign(
    {
      mode: z.enum(["min", "max"]).default("min"),
      factor: z.number().lt(1).default(0.1),
      patience: z.int().min(0).default(10),
      threshold: z.number().default(1e-4),
      threshold_mode: z.enum(["rel", "abs"]).default("rel"),
      cooldown: z.int().min(0).default(0),
      min_lr: perGroup(nonNegative()).default(0),
      eps: z.number().default(1e-8),
      verbose: always.verbose,
    },
    ({ mode, factor, patience, threshold, threshold_mode: thresholdMode, cooldown, min_lr: minRate, eps }, rate) => ({
      spec: {
        kind: "plateau",
        rate,
        metric: "validation/loss",
        every: "evaluation",
        mode,
        factor,
        patience,
        threshold,
        thresholdMode: thresholdMode === "abs" ? "absolute" : "signed-relative",
        cooldown,
        minRate,
        eps,
      },
      notes: [
        "A metric that is not finite counts as one bad observation.",
        ...(thresholdMode === "rel"
          ? ["threshold_mode rel takes an unchanged metric for an improvement where it is negative."]
          : []),
      ],
    }),
  ),
};

/** Schedulers that hold a function of the user's, and why they cannot be converted. */
export const notConvertible: Readonly<Record<string, string>> = {
  LambdaLR: "holds a Python function; write its values as a piecewise schedule",
  MultiplicativeLR: "holds a Python function; write its values as a piecewise schedule",
  LearningRateScheduler: "holds a Python function; write its values as a piecewise schedule",
};
