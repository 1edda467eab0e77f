import { type Before, type BoundSchedule, bindSchedule, type Json, type ScheduleSpec } from "@etude/catalog";
import { curves } from "./schedule-cases.ts";

const groups = ["dense/kernel", "dense/bias", "output/kernel", "output/bias"];

/** A falling, rough loss without a transcendental function, so that Python computes the same digits. */
export const lossAt = (step: number): number => 1 / (1 + step / 1000) + ((step * 7919) % 1000) / 20_000;

const period = 1024;
const losses = Float64Array.from({ length: period }, (_, step) => lossAt(step));
const befores = Array.from({ length: period }, (_, step): Before => {
  const of = (phase: number): number[] => groups.map((_, group) => Math.cos(step * 0.3 + group + phase));
  const norms = (phase: number): number[] => of(phase).map((value) => 1.5 + value);
  return { gradientNorm: norms(0), directionNorm: norms(1), alignment: of(2).map((value) => value / 2) };
});

/** Returns the schedule bound to a run of `horizon` steps of a model with four groups. */
export const bind = (spec: ScheduleSpec, horizon: number): BoundSchedule =>
  bindSchedule(spec, { horizon, groups, stepsPerEpoch: 100, curves });

/** Searches for a rate below a limit that moves with the step. */
function search(bound: BoundSchedule, state: Json, step: number, planned: number): { state: Json; rate: number } {
  const loss = losses[step % period]!;
  const limit = 0.05 * (1 + (step % 3));
  let rate = planned;
  for (let tries = 1; ; tries++) {
    const decrease = rate;
    const triedLoss = rate <= limit ? loss - decrease / 2 : loss + decrease;
    const verdict = bound.judge!(state, { tried: rate, loss, decrease, triedLoss, tries });
    state = verdict.state;
    if (verdict.then === "accept") return { state, rate };
    if ("apply" in verdict.then) return { state, rate: verdict.then.apply };
    rate = verdict.then.try;
  }
}

export interface Driven {
  readonly sum: number;
  readonly state: Json;
}

/**
 * Asks for the rate of every step, as the trainer does: plan, search where the schedule judges, observe. `trace` gives
 * the losses; without one they repeat. Returns the sum of the first group's rates and the last state.
 */
export function drive(bound: BoundSchedule, steps: number, trace?: ArrayLike<number>): Driven {
  const { needs } = bound;
  const nothing: Before = {};
  const measures = needs.before.length > 0;
  let state = bound.start();
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const planned = bound.plan(state, step, measures ? befores[step % period]! : nothing);
    state = planned.state;
    const { rate } = planned;
    let applied = typeof rate === "object" && "perParameter" in rate ? rate.perParameter.initial : rate;
    if (needs.judge) ({ state, rate: applied } = search(bound, state, step, applied as number));
    state = bound.observe(state, step, { applied, trainLoss: trace ? trace[step]! : losses[step % period]! });
    sum += typeof applied === "number" ? applied : applied[0]!;
  }
  return { sum, state };
}
