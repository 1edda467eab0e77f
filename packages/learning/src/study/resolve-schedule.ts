import { ScheduleSpec } from "@etude/catalog";
import type { StudyEntrant, ScheduleTemplate } from "@etude/contracts";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Replaces every `{ ofSteps: x }` by x times the steps, a whole number from 1. */
function withSteps(value: unknown, steps: number): unknown {
  if (!isObject(value)) return value;
  const { ofSteps, ...others } = value;
  if (typeof ofSteps === "number" && Object.keys(others).length === 0) return Math.max(1, Math.round(ofSteps * steps));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withSteps(inner, steps)]));
}

/** Returns the schedule of a template for a rate and a number of steps. Throws a ZodError where it is none. */
export const resolveSchedule = (template: ScheduleTemplate, rate: number, steps: number): ScheduleSpec =>
  ScheduleSpec.parse({ ...(withSteps(template, steps) as object), rate });

/** Returns the settings of an entrant on a problem of this domain. */
export const settingsFor = (entrant: StudyEntrant, domain: string): readonly ScheduleTemplate[] =>
  entrant.domains[domain] ?? entrant.settings;
