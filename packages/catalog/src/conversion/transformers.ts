/** Transformers' optimization.py: multipliers on the rate. With a warmup the first update uses a rate of 0. */
import { z } from "zod";
import type { ScheduleSpec } from "../schedule-spec.ts";
import {
  ConversionError,
  type Converted,
  type Foreign,
  foreign,
  held,
  linearWarmup,
  nonNegative,
  perGroup,
} from "./foreign.ts";
import { pytorch } from "./pytorch.ts";
import { cosineWithShiftedWarmup, wsd, wsdArguments } from "./transformers-long.ts";

const always = { last_epoch: z.literal(-1).default(-1) };
const warmup = () => z.int().min(0);
const warmupAndTotal = { num_warmup_steps: warmup(), num_training_steps: z.int().min(0), ...always };

/** Returns warmup, then `base` over the rest; a run without a rest goes on at `end`. */
function afterWarmup(
  kwargs: { readonly num_warmup_steps: number; readonly num_training_steps: number },
  rate: number,
  end: number,
  base: (decaySteps: number) => ScheduleSpec,
): Converted {
  const { num_warmup_steps: steps, num_training_steps: total } = kwargs;
  if (total > steps) return { spec: { ...base(total - steps), ...linearWarmup(steps) } as ScheduleSpec };
  if (steps === 0) return { spec: held(end) };
  const rising: ScheduleSpec = { kind: "linear", rate: 0, finalRate: rate, decaySteps: steps };
  return { spec: { kind: "sequence", parts: [{ schedule: rising, steps }, { schedule: held(end) }] } };
}

const greedyNotes = [
  "A metric that is not finite counts as one bad observation and stays out of the window.",
  "Transformers' own bounds (min_lr 1e-3, max_lr 1) and eps are kept as they are; see the warnings.",
];

const floorArguments = {
  num_cycles: z.number().gt(0).default(0.5),
  min_lr: nonNegative().nullish(),
  min_lr_rate: nonNegative().nullish(),
};

/** Returns the floor as a rate. Exactly one of min_lr and min_lr_rate must be given. */
function floorOf(
  kwargs: { min_lr?: number | null | undefined; min_lr_rate?: number | null | undefined },
  rate: number,
): number {
  const { min_lr: absolute, min_lr_rate: relative } = kwargs;
  if ((absolute == null) === (relative == null)) {
    throw new ConversionError("invalid-argument", "exactly one of min_lr and min_lr_rate must be given");
  }
  return absolute ?? relative! * rate;
}

/** The wave of Transformers: it goes on after the end, where it is never negative. */
const wave = (rate: number, minRate: number, decaySteps: number, cycles: number): ScheduleSpec => ({
  kind: "cosine",
  rate,
  minRate,
  decaySteps,
  cycles,
  beyond: "continue",
});

const greedy = foreign(
  {
    mode: z.enum(["min", "max"]).default("min"),
    factor: z.number().gt(0).lt(1).default(0.95),
    patience: z.int().min(0).default(10),
    threshold: z.number().min(0).default(1e-6),
    threshold_mode: z.enum(["rel", "abs"]).default("abs"),
    cooldown: z.int().min(0).default(0),
    warmup: z.int().min(0).default(0),
    min_lr: perGroup(nonNegative()).default(1e-3),
    max_lr: perGroup(nonNegative()).default(1),
    eps: z.number().min(0).default(1e-8),
    verbose: z.boolean().optional(),
    smooth: z.boolean().default(false),
    window_size: z.int().min(1).default(50),
    reset_start: z.int().min(0).default(500),
  },
  (kwargs, rate) => ({
    spec: {
      kind: "greedy",
      rate,
      variant: "hf",
      metric: "validation/loss",
      every: "evaluation",
      mode: kwargs.mode,
      factor: kwargs.factor,
      patience: kwargs.patience,
      threshold: kwargs.threshold,
      thresholdMode: kwargs.threshold_mode === "abs" ? "absolute" : "signed-relative",
      window: kwargs.smooth ? kwargs.window_size : 1,
      cooldownLength: kwargs.cooldown,
      warmupLength: kwargs.warmup,
      minRate: kwargs.min_lr,
      maxRate: kwargs.max_lr,
      eps: kwargs.eps,
      // Both reset at the first decrease that ends at the floor.
      resetAfter: Math.max(1, kwargs.reset_start),
    },
    notes: greedyNotes,
  }),
);

const functions: Readonly<Record<string, Foreign>> = {
  get_constant_schedule: foreign({ ...always }, (_, rate) => ({ spec: held(rate) })),

  get_constant_schedule_with_warmup: foreign({ num_warmup_steps: warmup(), ...always }, (kwargs, rate) => ({
    spec: { kind: "constant", rate, ...linearWarmup(kwargs.num_warmup_steps) },
  })),

  get_linear_schedule_with_warmup: foreign(warmupAndTotal, (kwargs, rate) =>
    afterWarmup(kwargs, rate, 0, (decaySteps) => ({ kind: "linear", rate, finalRate: 0, decaySteps })),
  ),

  get_cosine_schedule_with_warmup: foreign(
    { ...warmupAndTotal, num_cycles: z.number().gt(0).default(0.5) },
    ({ num_cycles: cycles, num_warmup_steps: steps, num_training_steps: total }, rate) => ({
      spec: { ...wave(rate, 0, Math.max(1, total - steps), cycles), ...linearWarmup(steps) } as ScheduleSpec,
      notes: ["After the last training step the wave rises again; beyond: continue keeps that."],
    }),
  ),

  get_cosine_with_hard_restarts_schedule_with_warmup: foreign(
    { ...warmupAndTotal, num_cycles: z.number().gt(0).default(1) },
    ({ num_cycles: cycles, num_warmup_steps: steps, num_training_steps: total }, rate) => ({
      spec: {
        kind: "cosine-restarts",
        rate,
        minRate: 0,
        cycles,
        decaySteps: Math.max(1, total - steps),
        multiplier: 1,
        peakFactor: 1,
        ...linearWarmup(steps),
      },
    }),
  ),

  get_polynomial_decay_schedule_with_warmup: foreign(
    { ...warmupAndTotal, lr_end: nonNegative().default(1e-7), power: z.number().gt(0).default(1) },
    (kwargs, rate) => {
      if (!(rate > kwargs.lr_end)) {
        throw new ConversionError("invalid-argument", `lr_end must be below base_lr (${rate}); got ${kwargs.lr_end}`);
      }
      const { lr_end: finalRate, power } = kwargs;
      const { num_warmup_steps: steps, num_training_steps: total } = kwargs;
      return {
        ...afterWarmup(kwargs, rate, finalRate, (decaySteps) => ({
          kind: "polynomial",
          rate,
          finalRate,
          power,
          decaySteps,
          cycle: false,
        })),
        // Transformers divides by the steps that are left after the warmup.
        ...(total === steps && { ends: total }),
      };
    },
  ),

  get_inverse_sqrt_schedule: foreign(
    { num_warmup_steps: warmup(), timescale: z.number().gt(0).nullish(), ...always },
    ({ num_warmup_steps: steps, timescale }, rate) => ({
      spec: {
        kind: "inverse-sqrt",
        rate,
        timescale: timescale ?? (steps || 10_000),
        power: 0.5,
        every: 1,
        ...linearWarmup(steps),
      },
    }),
  ),

  get_cosine_with_min_lr_schedule_with_warmup: foreign({ ...warmupAndTotal, ...floorArguments }, (kwargs, rate) => {
    const { num_warmup_steps: steps, num_training_steps: total, num_cycles: cycles } = kwargs;
    const curve = wave(rate, floorOf(kwargs, rate), Math.max(1, total - steps), cycles);
    return { spec: { ...curve, ...linearWarmup(steps) } as ScheduleSpec };
  }),

  get_cosine_with_min_lr_schedule_with_warmup_lr_rate: foreign(
    { ...warmupAndTotal, ...floorArguments, warmup_lr_rate: z.number().min(0).max(1).nullish() },
    (kwargs, rate) => cosineWithShiftedWarmup({ ...kwargs, floor: floorOf(kwargs, rate) }, rate),
  ),

  get_wsd_schedule: foreign({ ...wsdArguments, ...always }, wsd),

  GreedyLR: greedy,
  get_greedy_schedule: greedy,
  get_reduce_on_plateau_schedule: pytorch["ReduceLROnPlateau"]!,
};

/** Names of lr_scheduler_type, and whether get_scheduler hands num_warmup_steps and num_training_steps on. */
const types = {
  constant: { name: "get_constant_schedule", warmup: false, total: false },
  constant_with_warmup: { name: "get_constant_schedule_with_warmup", warmup: true, total: false },
  linear: { name: "get_linear_schedule_with_warmup", warmup: true, total: true },
  cosine: { name: "get_cosine_schedule_with_warmup", warmup: true, total: true },
  cosine_with_restarts: { name: "get_cosine_with_hard_restarts_schedule_with_warmup", warmup: true, total: true },
  polynomial: { name: "get_polynomial_decay_schedule_with_warmup", warmup: true, total: true },
  inverse_sqrt: { name: "get_inverse_sqrt_schedule", warmup: true, total: false },
  cosine_with_min_lr: { name: "get_cosine_with_min_lr_schedule_with_warmup", warmup: true, total: true },
  cosine_warmup_with_min_lr: {
    name: "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
    warmup: true,
    total: true,
  },
  warmup_stable_decay: { name: "get_wsd_schedule", warmup: true, total: true },
  reduce_lr_on_plateau: { name: "get_reduce_on_plateau_schedule", warmup: false, total: false },
  greedy: { name: "get_greedy_schedule", warmup: false, total: false },
} as const;

/** Returns the converter with the arguments that get_scheduler takes for every type and does not hand on. */
function byType({ name, warmup, total }: (typeof types)[keyof typeof types]): Foreign {
  const { arguments: schema, convert } = functions[name]!;
  const ignored = {
    ...(!warmup && { num_warmup_steps: z.unknown().optional() }),
    ...(!total && { num_training_steps: z.unknown().optional() }),
  };
  return { arguments: schema.extend(ignored), convert };
}

/** Schedulers by function and by lr_scheduler_type. */
export const transformers: Readonly<Record<string, Foreign>> = {
  ...functions,
  ...Object.fromEntries(Object.entries(types).map(([type, entry]) => [type, byType(entry)])),
};
