/** Schedules as machines: one entry for everybody who plans a rate. */
import { combined } from "./combine.ts";
import { lengthIn } from "./combinators.ts";
import { join, type Stretch } from "./join.ts";
import type { BoundSchedule, Schedule, ScheduleContext } from "./schedule.ts";
import type { ScheduleSpec, SequenceSpec } from "./schedule-spec.ts";
import { scheduleRegistry } from "./schedules/registry.gen.ts";

const registry = new Map<string, Schedule>(
  (scheduleRegistry as unknown as readonly Schedule[]).map((schedule) => [schedule.kind, schedule]),
);

function checked(context: ScheduleContext): ScheduleContext {
  for (const name of ["horizon", "stepsPerEpoch"] as const) {
    if (!Number.isInteger(context[name]) || context[name] < 1) {
      throw new RangeError(`${name} must be a whole number from 1; got ${context[name]}`);
    }
  }
  return context;
}

function scheduleOf(kind: string): Schedule {
  const schedule = registry.get(kind);
  if (!schedule)
    throw new RangeError(`kind must be one of ${[...registry.keys(), "sequence"].join(", ")}; got ${kind}`);
  return schedule;
}

/** Returns the parts with the steps that each starts at and lasts. */
function stretches(
  spec: SequenceSpec,
  horizon: number,
): { readonly part: ScheduleSpec; from: number; length: number }[] {
  let from = 0;
  return spec.parts.map(({ schedule, steps }) => {
    const length = steps ?? Math.max(1, horizon - from);
    const stretch = { part: schedule, from, length };
    from += length;
    return stretch;
  });
}

function bindSequence(spec: SequenceSpec, context: ScheduleContext): BoundSchedule {
  return join(
    stretches(spec, context.horizon).map(({ part, from, length }): Stretch => ({
      from,
      bound: bindSchedule(part, { ...context, horizon: length }),
    })),
  );
}

/**
 * Returns the schedule as a machine whose state is plain JSON, its combinators included. The spec must have been parsed
 * by ScheduleSpec. Throws a RangeError where the context lacks what the schedule needs.
 */
export function bindSchedule(spec: ScheduleSpec, context: ScheduleContext): BoundSchedule {
  const run = checked(context);
  const bindBase = (horizon: number): BoundSchedule =>
    spec.kind === "sequence"
      ? bindSequence(spec, { ...run, horizon })
      : scheduleOf(spec.kind).bind(spec as never, { ...run, horizon });
  return combined(bindBase, run.horizon, spec);
}

/** Returns what a user should read before running this schedule; empty when there is nothing to say. */
export function scheduleWarnings(spec: ScheduleSpec, context: ScheduleContext): string[] {
  const { horizon } = checked(context);
  const warmupSteps = spec.warmup ? lengthIn(spec.warmup, horizon) : 0;
  const own = { ...context, horizon: Math.max(1, horizon - warmupSteps) };
  const inside =
    spec.kind === "sequence"
      ? sequenceWarnings(spec, own)
      : (scheduleOf(spec.kind).warnings?.(spec as never, own) ?? []);
  const tailStart = spec.tail ? (spec.tail.start ?? horizon - lengthIn(spec.tail, horizon)) : horizon;
  const relative = "rate" in spec && typeof spec.rate === "object" && !context.initialBound;
  return [
    ...inside,
    ...(relative ? ["The rate is a multiple of the model's stability bound; a preview shows multiples of it."] : []),
    ...(warmupSteps >= horizon ? [`The warmup (${warmupSteps} steps) fills the whole run of ${horizon} steps.`] : []),
    ...(spec.tail && tailStart < warmupSteps
      ? [`The tail starts at step ${tailStart}, inside the warmup of ${warmupSteps} steps: the peak is never reached.`]
      : []),
  ];
}

function sequenceWarnings(spec: SequenceSpec, context: ScheduleContext): string[] {
  return stretches(spec, context.horizon).flatMap(({ part, from, length }, index) => {
    const late =
      from >= context.horizon ? [`Part ${index} starts at step ${from}, past the run's ${context.horizon}.`] : [];
    return [
      ...late,
      ...scheduleWarnings(part, { ...context, horizon: length }).map((text) => `Part ${index}: ${text}`),
    ];
  });
}
