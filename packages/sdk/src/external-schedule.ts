import { bindSchedule, type BoundSchedule, type Json, type ScheduleContext, ScheduleSpec } from "@etude/catalog";
import type { z } from "zod";

/** What a schedule remembers between two steps, as plain JSON: keep it in your checkpoint. */
export interface RateState {
  /** The step that the next rate is for. */
  readonly step: number;
  /** The rate of the step before. */
  readonly rate: number | null;
  readonly machine: Json;
}

export interface ExternalScheduleOptions {
  readonly schedule: z.input<typeof ScheduleSpec>;
  /** Updates in the whole training. */
  readonly horizon: number;
  readonly stepsPerEpoch?: number;
  /** Curves that a replay follows, a policy, a bound: see ScheduleContext. */
  readonly context?: Omit<ScheduleContext, "horizon" | "stepsPerEpoch" | "groups">;
  /** Continue from here. */
  readonly state?: RateState;
  /** Gets every rate as `learning-rate`. */
  readonly logger?: { log(point: { step: number; values: Record<string, number> }): void };
}

/** What is known when the next rate is asked for: the losses of the update before. */
export interface Asked {
  /** The update that the rate is for, from 0 on, in order. */
  readonly step: number;
  readonly loss?: number | undefined;
  readonly evalLoss?: number | undefined;
}

export interface ExternalSchedule {
  /** The rate for update `step`. Throws a RangeError on a step out of order or a loss that the schedule needs. */
  next(asked: Asked): number;
  readonly state: RateState;
}

/** Throws where the schedule needs what a loop elsewhere does not tell. */
function assertUsable(bound: BoundSchedule, kind: string): void {
  const wanted = [...bound.needs.before, ...(bound.needs.judge ? ["trials of each update"] : [])];
  if (wanted.length === 0) return;
  throw new RangeError(
    `schedule.kind is ${kind}, which needs ${wanted.join(", ")} of the weights; a loop elsewhere can follow the kinds that need nothing, or losses.`,
  );
}

/**
 * A schedule for a loop of your own: the same code that Etude trains with, run here. Throws a RangeError where the
 * schedule cannot be followed from outside, a ZodError where it is no schedule.
 */
export function externalSchedule(options: ExternalScheduleOptions): ExternalSchedule {
  const { horizon, stepsPerEpoch = 1, context, logger } = options;
  const spec = ScheduleSpec.parse(options.schedule);
  const bound = bindSchedule(spec, { ...context, horizon, stepsPerEpoch, groups: ["all"] });
  assertUsable(bound, spec.kind);
  let state: RateState = options.state ?? { step: 0, rate: null, machine: bound.start() };

  /** The machine after it saw the update before; the first step has none. */
  const observed = ({ loss, evalLoss }: Asked): Json => {
    if (state.rate === null) return state.machine;
    if (bound.needs.trainLoss && loss === undefined)
      throw new RangeError(`loss is missing: the schedule ${spec.kind} needs that of update ${state.step - 1}.`);
    return bound.observe(state.machine, state.step - 1, {
      applied: state.rate,
      ...(loss !== undefined && { trainLoss: loss }),
      ...(evalLoss !== undefined && { evalLoss }),
    });
  };

  return {
    next(asked) {
      if (asked.step !== state.step)
        throw new RangeError(`step is ${asked.step}; allowed is ${state.step}: steps are asked in order.`);
      const { rate: planned, state: machine } = bound.plan(observed(asked), asked.step, {});
      const rate = typeof planned === "object" && "perParameter" in planned ? undefined : [planned].flat()[0];
      if (rate === undefined) throw new RangeError(`schedule.kind is ${spec.kind}, which has a rate for each weight.`);
      state = { step: asked.step + 1, rate, machine };
      logger?.log({ step: asked.step, values: { "learning-rate": rate } });
      return rate;
    },
    get state() {
      return state;
    },
  };
}
