/** A schedule over a run of another length. */
import type { ScheduleSpec } from "@etude/catalog";

/** Parameters that count steps of the run, by kind; observations of a metric are no such lengths. */
const lengths: Readonly<Record<string, readonly string[]>> = {
  step: ["every"],
  exponential: ["every"],
  multistep: ["milestones"],
  "inverse-sqrt": ["timescale"],
  cyclic: ["stepsUp", "stepsDown"],
  linear: ["decaySteps"],
  polynomial: ["decaySteps"],
  cosine: ["decaySteps"],
  "cosine-restarts": ["decaySteps"],
  "one-cycle": ["decaySteps"],
};

type Loose = Record<string, unknown>;

function changed(part: Loose, names: readonly string[], change: (length: number) => number): Loose {
  const found = names.flatMap((name): [string, unknown][] => {
    const value = part[name];
    if (typeof value === "number") return [[name, change(value)]];
    return Array.isArray(value) ? [[name, value.map((one: number) => change(one))]] : [];
  });
  return { ...part, ...Object.fromEntries(found) };
}

/** Returns the schedule with every length in steps changed; lengths given as a part of the run stay as they are. */
export function mapLengths(schedule: ScheduleSpec, change: (length: number) => number): ScheduleSpec {
  const next = changed({ ...schedule }, lengths[schedule.kind] ?? [], change);
  for (const name of ["warmup", "tail"]) {
    if (next[name] !== undefined) next[name] = changed(next[name] as Loose, ["steps", "start"], change);
  }
  if (schedule.kind === "sequence") {
    next["parts"] = schedule.parts.map(({ schedule: part, steps }) => ({
      schedule: mapLengths(part, change),
      ...(steps !== undefined && { steps: change(steps) }),
    }));
  }
  if (schedule.kind === "piecewise" && schedule.unit === "step") {
    next["points"] = schedule.points.map(({ at, rate }) => ({ at: change(at), rate }));
  }
  return next as unknown as ScheduleSpec;
}

/** Returns the schedule stretched from a run of `from` steps to one of `to`; lengths stay whole numbers from 1. */
export const stretchSchedule = (schedule: ScheduleSpec, from: number, to: number): ScheduleSpec =>
  from === to
    ? schedule
    : mapLengths(schedule, (length) => (length === 0 ? 0 : Math.max(1, Math.round((length * to) / from))));
