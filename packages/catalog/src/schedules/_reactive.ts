/** Schedules that react to the training: what a preview can say about them without one. */
import type { BoundSchedule, Json } from "../schedule.ts";

export interface Reactive<State extends Json = Json> extends BoundSchedule<State> {
  /** Every planned rate lies in here, both ends included; Infinity where nothing limits it. */
  readonly range: readonly [number, number];
  /** True when a trace of the watched metric alone decides every rate. */
  readonly metricDecides: boolean;
}

/** Returns the rates as the contract wants them: one number when there is one. */
export const asPlanned = (rates: readonly number[]): number | readonly number[] =>
  rates.length === 1 ? rates[0]! : rates;

/** Returns the rates to go on from: the applied ones where the trainer clipped, else the planned ones. */
export function afterClipping(planned: readonly number[], applied: number | readonly number[]): readonly number[] {
  if (planned.length === 1) {
    const used = typeof applied === "number" ? applied : applied[0]!;
    return used < planned[0]! ? [used] : planned;
  }
  const used = (group: number): number => (typeof applied === "number" ? applied : (applied[group] ?? applied[0]!));
  return planned.some((rate, group) => used(group) < rate)
    ? planned.map((rate, group) => Math.min(rate, used(group)))
    : planned;
}

/** True when the schedule says how far its rates can reach. */
export const isReactive = (bound: BoundSchedule): bound is Reactive => "range" in bound;
