import type { ScheduleSpec } from "./schedule-spec.ts";

/** A schedule and, for a sequence, the schedules of its parts at any depth, each with its path in the spec. */
export function schedulesIn(spec: ScheduleSpec, path = "schedule"): { spec: ScheduleSpec; path: string }[] {
  const parts =
    spec.kind === "sequence"
      ? spec.parts.flatMap((part, index) => schedulesIn(part.schedule, `${path}.parts[${index}].schedule`))
      : [];
  return [{ spec, path }, ...parts];
}
