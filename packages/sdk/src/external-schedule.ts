import {
  type Asked,
  assertFollowable,
  bindSchedule,
  nextRate,
  type RateState,
  type ScheduleContext,
  ScheduleSpec,
} from "@etude/catalog";
import type { z } from "zod";

export type { Asked, RateState } from "@etude/catalog";

/** Where rates are noted as `learning-rate`. */
export interface RateLog {
  log(point: { step: number; values: Record<string, number> }): void;
}

export interface ExternalScheduleOptions {
  readonly schedule: z.input<typeof ScheduleSpec>;
  /** Updates in the whole training. */
  readonly horizon: number;
  readonly stepsPerEpoch?: number;
  /** Curves that a replay follows, a policy, a bound: see ScheduleContext. */
  readonly context?: Omit<ScheduleContext, "horizon" | "stepsPerEpoch" | "groups">;
  /** Continue from here. */
  readonly state?: RateState | undefined;
  /** Gets every rate as `learning-rate`. */
  readonly logger?: RateLog | undefined;
}

export interface ExternalSchedule {
  /** The rate for update `step`. Throws a RangeError on a step out of order or a number that the schedule needs. */
  next(asked: Asked): number;
  /** Plain JSON: keep it in your checkpoint. */
  readonly state: RateState;
}

/**
 * A schedule for a loop of your own: the same code that Etude trains with, run here. Throws a RangeError where the
 * schedule cannot be followed from outside, a ZodError where it is no schedule.
 */
export function externalSchedule(options: ExternalScheduleOptions): ExternalSchedule {
  const { horizon, stepsPerEpoch = 1, context, logger } = options;
  const spec = ScheduleSpec.parse(options.schedule);
  const bound = bindSchedule(spec, { ...context, horizon, stepsPerEpoch, groups: ["all"] });
  assertFollowable(bound, spec.kind);
  let state: RateState = options.state ?? { step: 0, rate: null, machine: bound.start() };
  return {
    next(asked) {
      const given = nextRate(bound, spec.kind, state, asked);
      state = given.state;
      logger?.log({ step: asked.step, values: { "learning-rate": given.rate } });
      return given.rate;
    },
    get state() {
      return state;
    },
  };
}
