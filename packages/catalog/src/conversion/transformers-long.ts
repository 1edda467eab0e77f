/** The two schedulers of Transformers that need more than one kind of ours. */
import { z } from "zod";
import type { ScheduleSpec } from "../schedule-spec.ts";
import type { Curve } from "../schedules/_open-loop.ts";
import { fall, rise } from "../schedules/_shapes.ts";
import { ConversionError, type Converted, held, linearWarmup } from "./foreign.ts";

export const wsdArguments = {
  num_warmup_steps: z.int().min(0),
  num_decay_steps: z.int().min(0),
  num_training_steps: z.int().min(0).nullish(),
  num_stable_steps: z.int().min(0).nullish(),
  warmup_type: z.enum(["linear", "cosine", "1-sqrt"]).default("linear"),
  decay_type: z.enum(["linear", "cosine", "1-sqrt"]).default("cosine"),
  min_lr_ratio: z.number().min(0).default(0),
  num_cycles: z.number().gt(0).default(0.5),
};
type WsdKwargs = z.output<z.ZodObject<typeof wsdArguments>>;

function stableSteps({ num_stable_steps, num_training_steps, num_warmup_steps, num_decay_steps }: WsdKwargs): number {
  if (num_stable_steps != null) return num_stable_steps;
  if (num_training_steps != null) return num_training_steps - num_warmup_steps - num_decay_steps;
  throw new ConversionError(
    "invalid-argument",
    "get_wsd_schedule needs num_stable_steps or num_training_steps; got neither",
  );
}

/** Returns warmup, stable part and decay; the rate then stays at min_lr_ratio. */
export function wsd(kwargs: WsdKwargs, rate: number): Converted {
  const stable = stableSteps(kwargs);
  const { num_warmup_steps: warmupSteps, num_decay_steps: decaySteps, min_lr_ratio: to, num_cycles: cycles } = kwargs;
  const start = warmupSteps + stable;
  if (stable < 0) return { spec: null, curve: overlapping(kwargs, rate, start) };
  const warmup = warmupSteps > 0 ? { warmup: { steps: warmupSteps, shape: kwargs.warmup_type, from: to } } : {};
  const risen: ScheduleSpec = { kind: "constant", rate, ...warmup };
  const otherWave = kwargs.decay_type === "cosine" && cycles !== 0.5;
  if (start > 0 && decaySteps > 0 && !otherWave) {
    return { spec: { ...risen, tail: { start, steps: decaySteps, shape: kwargs.decay_type, to } } };
  }
  const last = held(rate * to);
  const falling: ScheduleSpec = otherWave
    ? { kind: "cosine", rate, minRate: rate * to, decaySteps: Math.max(1, decaySteps), cycles, beyond: "hold" }
    : { ...held(rate), tail: { start: 0, steps: decaySteps, shape: kwargs.decay_type, to } };
  const parts = [
    ...(start > 0 ? [{ schedule: risen, steps: start }] : []),
    ...(decaySteps > 0 ? [{ schedule: falling, steps: decaySteps }] : []),
  ];
  return { spec: parts.length > 0 ? { kind: "sequence", parts: [...parts, { schedule: last }] } : last };
}

/** Returns the curve of a decay that began before the warmup is over: it shows only after it. */
function overlapping(kwargs: WsdKwargs, rate: number, start: number): Curve {
  const { num_warmup_steps: warmupSteps, num_decay_steps: decaySteps, min_lr_ratio: to, num_cycles: cycles } = kwargs;
  return (step) => {
    if (step < warmupSteps) return rate * rise(kwargs.warmup_type, step / warmupSteps, to);
    if (step >= start + decaySteps) return rate * to;
    const part = (step - start) / decaySteps;
    const turns = kwargs.decay_type === "cosine" ? 2 * cycles * part : part;
    return rate * fall(kwargs.decay_type, turns, to);
  };
}

interface ShiftedKwargs {
  readonly num_warmup_steps: number;
  readonly num_training_steps: number;
  readonly num_cycles: number;
  readonly warmup_lr_rate?: number | null | undefined;
  /** As a rate. */
  readonly floor: number;
}

/** cosine_warmup_with_min_lr: all is one step earlier, so that the first update has a rate above 0. */
export function cosineWithShiftedWarmup(kwargs: ShiftedKwargs, rate: number): Converted {
  const { num_warmup_steps: warmupSteps, num_training_steps: total, num_cycles: cycles, floor } = kwargs;
  const decaySteps = Math.max(1, total - warmupSteps);
  const from = kwargs.warmup_lr_rate ?? 1 / Math.max(1, warmupSteps);
  // Our base starts at its peak one step before the warmup of theirs is over.
  if (warmupSteps > 1 || (warmupSteps === 1 && from === 1)) {
    const base: ScheduleSpec = { kind: "cosine", rate, minRate: floor, decaySteps, cycles, beyond: "continue" };
    return { spec: { ...base, ...linearWarmup(warmupSteps - 1, from) } as ScheduleSpec };
  }
  const curve: Curve = (step) => {
    if (step < warmupSteps) return rate * from;
    const part = (step - warmupSteps + 1) / decaySteps;
    return floor + (rate - floor) * 0.5 * (1 + Math.cos(2 * Math.PI * cycles * part));
  };
  return { spec: null, curve };
}
