/** keras.optimizers.schedules (Keras 3) as functions of the step, and the ReduceLROnPlateau callback; in 64 bits. */
import { z } from "zod";
import type { ScheduleSpec } from "../schedule-spec.ts";
import { ConversionError, type Foreign, foreign, held, nonNegative } from "./foreign.ts";

const always = { name: z.string().optional() };
const initial = { initial_learning_rate: nonNegative() };
const decay = {
  ...initial,
  decay_steps: z.int().min(1),
  decay_rate: z.number().gt(0),
  staircase: z.boolean().default(false),
};

/** A boundary belongs to the value before it. */
const firstStepAfter = (boundary: number): number => Math.floor(boundary) + 1;

export const keras: Readonly<Record<string, Foreign>> = {
  ExponentialDecay: foreign({ ...decay, ...always }, (kwargs) => {
    const { initial_learning_rate: rate, decay_steps: every, decay_rate: factor } = kwargs;
    if (factor === 1) return { spec: held(rate) };
    return { spec: { kind: kwargs.staircase ? "step" : "exponential", rate, every, factor } };
  }),

  InverseTimeDecay: foreign({ ...decay, ...always }, (kwargs) => ({
    spec: {
      kind: "inverse-sqrt",
      rate: kwargs.initial_learning_rate,
      timescale: kwargs.decay_steps / kwargs.decay_rate,
      power: 1,
      every: kwargs.staircase ? kwargs.decay_steps : 1,
    },
  })),

  PiecewiseConstantDecay: foreign(
    { boundaries: z.array(z.number().min(0)), values: z.array(nonNegative()).min(1), ...always },
    ({ boundaries, values }) => {
      if (values.length !== boundaries.length + 1) {
        throw new ConversionError(
          "invalid-argument",
          `values must have one element more than boundaries (${boundaries.length}); got ${values.length}`,
        );
      }
      if (boundaries.some((at, index) => index > 0 && at < boundaries[index - 1]!)) {
        throw new ConversionError("invalid-argument", `boundaries must ascend; got ${boundaries.join(", ")}`);
      }
      const points = values.map((rate, index) => ({
        at: index === 0 ? 0 : firstStepAfter(boundaries[index - 1]!),
        rate,
      }));
      return { spec: { kind: "piecewise", points, unit: "step", interpolation: "hold" } };
    },
  ),

  PolynomialDecay: foreign(
    {
      ...initial,
      decay_steps: z.int().min(1),
      end_learning_rate: nonNegative().default(1e-4),
      power: z.number().gt(0).default(1),
      cycle: z.boolean().default(false),
      ...always,
    },
    (kwargs) => ({
      spec: {
        kind: "polynomial",
        rate: kwargs.initial_learning_rate,
        finalRate: kwargs.end_learning_rate,
        power: kwargs.power,
        decaySteps: kwargs.decay_steps,
        cycle: kwargs.cycle,
      },
    }),
  ),

  CosineDecay: foreign(
    {
      ...initial,
      decay_steps: z.int().min(1),
      alpha: z.number().min(0).default(0),
      warmup_target: nonNegative().nullish(),
      warmup_steps: z.int().min(0).default(0),
      ...always,
    },
    ({ initial_learning_rate: first, decay_steps: decaySteps, alpha, warmup_target: target, warmup_steps: steps }) => {
      const rate = target ?? first;
      const base: ScheduleSpec = {
        kind: "cosine",
        rate,
        minRate: alpha * rate,
        decaySteps,
        cycles: 0.5,
        beyond: "hold",
      };
      if (target == null || steps === 0) return { spec: base };
      if (first <= rate && rate > 0)
        return { spec: { ...base, warmup: { steps, shape: "linear", from: first / rate } } };
      const before: ScheduleSpec = { kind: "linear", rate: first, finalRate: rate, decaySteps: steps };
      return { spec: { kind: "sequence", parts: [{ schedule: before, steps }, { schedule: base }] } };
    },
  ),

  CosineDecayRestarts: foreign(
    {
      ...initial,
      first_decay_steps: z.number().gt(0),
      t_mul: z.number().min(1).default(2),
      m_mul: z.number().gt(0).default(1),
      alpha: z.number().min(0).default(0),
      ...always,
    },
    ({ initial_learning_rate: rate, first_decay_steps: period, t_mul: multiplier, m_mul: peakFactor, alpha }) => ({
      spec: { kind: "cosine-restarts", rate, minRate: alpha * rate, period, multiplier, peakFactor },
    }),
  ),

  ReduceLROnPlateau: foreign(
    {
      monitor: z.string().default("val_loss"),
      factor: z.number().lt(1).default(0.1),
      patience: z.int().min(0).default(10),
      verbose: z.int().optional(),
      mode: z.enum(["auto", "min", "max"]).default("auto"),
      min_delta: z.number().default(1e-4),
      cooldown: z.int().min(0).default(0),
      min_lr: nonNegative().default(0),
    },
    ({ monitor, mode, factor, patience, min_delta: threshold, cooldown, min_lr: minRate }, rate) => ({
      spec: {
        kind: "plateau",
        rate,
        metric: monitor.startsWith("val_") ? "validation/loss" : "train/loss",
        every: "epoch",
        mode: mode === "auto" ? (monitor.includes("acc") ? "max" : "min") : mode,
        factor,
        // Keras drops when the count reaches patience, and counts the last epoch of a cooldown.
        patience: Math.max(0, patience - 1),
        threshold,
        thresholdMode: "absolute",
        cooldown: Math.max(0, cooldown - 1),
        minRate,
        eps: 0,
      },
    }),
  ),
};
