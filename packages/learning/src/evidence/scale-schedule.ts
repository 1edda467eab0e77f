/** A schedule as a shape times a base rate. */
import type { ScheduleSpec } from "@etude/catalog";
import { mapLengths } from "./stretch-schedule.ts";

type Loose = Readonly<Record<string, unknown>>;

/**
 * Returns the base or peak rate of a schedule in absolute numbers, or null where it has none: a replay, a learned policy,
 * a rate given as a multiple of the model's bound.
 */
export function baseRateOf(schedule: ScheduleSpec): number | null {
  if (schedule.kind === "sequence") return schedule.parts.map((part) => baseRateOf(part.schedule)).find(isSet) ?? null;
  if (schedule.kind === "piecewise") return Math.max(...schedule.points.map(({ rate }) => rate)) || null;
  const { rate } = schedule as Loose;
  return typeof rate === "number" && rate > 0 ? rate : null;
}

/** Returns c of a rate { ofBound: c }, else null. */
export function boundMultipleOf(schedule: ScheduleSpec): number | null {
  const { rate } = schedule as Loose;
  return typeof rate === "object" && rate !== null ? (rate as { readonly ofBound: number }).ofBound : null;
}

/** Returns the schedule with every rate in it multiplied by `factor`: the same shape at another height. */
export function scaleSchedule(schedule: ScheduleSpec, factor: number): ScheduleSpec {
  if (schedule.kind === "sequence") {
    const parts = schedule.parts.map((part) => ({ ...part, schedule: scaleSchedule(part.schedule, factor) }));
    return { ...schedule, parts };
  }
  if (schedule.kind === "piecewise") {
    return { ...schedule, points: schedule.points.map(({ at, rate }) => ({ at, rate: rate * factor })) };
  }
  const scaled: Record<string, unknown> = { ...schedule };
  for (const name of ["rate", "minRate", "maxRate"]) {
    const value = scaled[name];
    if (typeof value === "number") scaled[name] = value * factor;
    else if (name === "rate" && value !== undefined) {
      scaled[name] = { ofBound: (value as { readonly ofBound: number }).ofBound * factor };
    }
  }
  return scaled as unknown as ScheduleSpec;
}

/**
 * Returns what is equal for equal shapes: the schedule at base rate 1 (or 1 × bound) with lengths as parts of the run, two
 * digits of each, so that a third of 400 steps and of 250 are one. Its rates are unchanged where it has no base rate.
 */
export function shapeOf(schedule: ScheduleSpec, steps: number): ScheduleSpec {
  const base = baseRateOf(schedule) ?? boundMultipleOf(schedule);
  const unit = base === null ? schedule : roundRates(scaleSchedule(schedule, 1 / base));
  return mapLengths(unit, (length) => Number((length / steps).toPrecision(2)));
}

/** Twelve digits: 0.001/0.1 and 0.01 are one ratio. */
const roundRates = (schedule: ScheduleSpec): ScheduleSpec =>
  JSON.parse(JSON.stringify(schedule), (_key, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(12)) : value,
  ) as ScheduleSpec;

const isSet = <T>(value: T | null): value is T => value !== null;
