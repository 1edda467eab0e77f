/** A schedule for a loop that trains elsewhere: what it is told are losses, what it gets are rates. */
import type { Before, BoundSchedule, Json } from "./schedule.ts";

/** What a schedule remembers between two steps, as plain JSON. */
export interface RateState {
  /** The step that the next rate is for. */
  readonly step: number;
  /** The rate of the step before. */
  readonly rate: number | null;
  readonly machine: Json;
}

/** What is known when the next rate is asked for: the losses of the update before. */
export interface Asked {
  /** The update that the rate is for, from 0 on, in order. */
  readonly step: number;
  readonly loss?: number | undefined;
  readonly evalLoss?: number | undefined;
  /** Of this update, at its weights and batch; all parameters are one group. Only some kinds need any of it. */
  readonly measured?: { readonly [K in keyof Before]?: number | undefined } | undefined;
}

/** Throws a RangeError where the schedule tries updates out, which it cannot do from outside. */
export function assertFollowable(bound: BoundSchedule, kind: string): void {
  if (!bound.needs.judge) return;
  throw new RangeError(
    `schedule.kind is ${kind}, which tries each update out; a loop elsewhere can follow the kinds that plan a rate.`,
  );
}

/** What the schedule needs of the update to come. */
function beforeOf(bound: BoundSchedule, kind: string, { step, measured = {} }: Asked): Before {
  const before = bound.needs.before.map((name) => {
    const value = measured[name];
    if (value === undefined)
      throw new RangeError(`measured.${name} is missing: the schedule ${kind} needs that of update ${step}.`);
    return [name, name === "trainLoss" ? value : [value]];
  });
  return Object.fromEntries(before) as Before;
}

/** The machine after it saw the update before; the first step has none. */
function observed(bound: BoundSchedule, kind: string, state: RateState, { loss, evalLoss }: Asked): Json {
  if (state.rate === null) return state.machine;
  if (bound.needs.trainLoss && loss === undefined)
    throw new RangeError(`loss is missing: the schedule ${kind} needs that of update ${state.step - 1}.`);
  return bound.observe(state.machine, state.step - 1, {
    applied: state.rate,
    ...(loss !== undefined && { trainLoss: loss }),
    ...(evalLoss !== undefined && { evalLoss }),
  });
}

/**
 * The rate for update `asked.step`, which must be the state's, and the state after it. Pure. Throws a RangeError on a
 * step out of order, a loss that is missing, or a schedule with a rate for each weight.
 */
export function nextRate(
  bound: BoundSchedule,
  kind: string,
  state: RateState,
  asked: Asked,
): { rate: number; state: RateState } {
  if (asked.step !== state.step)
    throw new RangeError(`step is ${asked.step}; allowed is ${state.step}: steps are asked in order.`);
  const before = beforeOf(bound, kind, asked);
  const { rate: planned, state: machine } = bound.plan(observed(bound, kind, state, asked), asked.step, before);
  const rate = typeof planned === "object" && "perParameter" in planned ? undefined : [planned].flat()[0];
  if (rate === undefined) throw new RangeError(`schedule.kind is ${kind}, which has a rate for each weight.`);
  return { rate, state: { step: asked.step + 1, rate, machine } };
}
