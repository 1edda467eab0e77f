/** Fields that several schedules share, with messages that name the rule and the value. */
import { z } from "zod";
import type { ScheduleContext } from "../schedule.ts";

const show = (value: unknown): string =>
  value === undefined ? "nothing" : typeof value === "number" ? String(value) : JSON.stringify(value);

/** Returns zod error options saying the rule and what came instead. */
export const rule = (text: string) => ({
  error: (issue: { readonly input?: unknown }): string => `must be ${text}; got ${show(issue.input)}`,
});

/** An object; an unknown name in it is refused with the known ones. */
export const group = <Shape extends z.core.$ZodShape>(shape: Shape, known: readonly string[] = Object.keys(shape)) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `${(issue["keys"] as string[]).join(", ")}: not a parameter here; known are ${known.join(", ")}`
        : `must be an object with ${known.join(", ")}; got ${show(issue.input)}`,
  });

/** Parameters of a schedule. */
export const parameters = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  group(shape, [...new Set([...Object.keys(shape), "warmup", "tail"])]);

/** Yes or no. */
export const flag = () => z.boolean(rule("true or false"));

/** A list of `low` to `high` elements. */
export const list = <Element extends z.ZodType>(element: Element, low: number, high: number, what: string) => {
  const says = rule(`a list of ${low} to ${high} ${what}`);
  return z.array(element, says).min(low, says).max(high, says);
};

/** The two ends of a momentum cycle. */
export const momenta = () =>
  group({ low: between(0, 1), high: between(0, 1) }).refine(({ low, high }) => low <= high, {
    path: ["low"],
    error: "must be at most high",
  });

/** A number from `low` to `high`, both included. */
export const between = (low: number, high: number) => {
  const says = rule(`a number from ${low} to ${high}`);
  return z.number(says).min(low, says).max(high, says);
};

/** A number above `low`, at most `high`. */
export const above = (low: number, high: number) => {
  const says = rule(`a number above ${low}, at most ${high}`);
  return z.number(says).gt(low, says).max(high, says);
};

/** A number strictly between `low` and `high`. */
export const inside = (low: number, high: number) => {
  const says = rule(`a number above ${low} and below ${high}`);
  return z.number(says).gt(low, says).lt(high, says);
};

/** A whole number from `low` to `high`. */
export const whole = (low: number, high: number) => {
  const says = rule(`a whole number from ${low} to ${high}`);
  return z.int(says).min(low, says).max(high, says);
};

/** One of the words. */
export const word = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, rule(`one of ${words.join(", ")}`));

/** A length in steps. */
export const steps = () => whole(1, 1_000_000_000);

/** The largest rate that anybody may ask for. */
const largestRate = 1e9;

export const absoluteRate = () => between(0, largestRate);

/** The base or peak rate: a number, or a multiple of the model's stability bound at initialisation. */
export const rate = () =>
  z
    .union(
      [absoluteRate(), group({ ofBound: above(0, 1e6) })],
      rule(`a number from 0 to ${largestRate}, or { ofBound: c } with 0 < c <= 1e6`),
    )
    .describe("Base or peak learning rate; { ofBound: c } is c times the model's stability bound at initialisation.");
export type RateField = z.output<ReturnType<typeof rate>>;

/** A limit on an adapted rate: a number, or a multiple of the rate it starts from. */
export const limit = () =>
  z.union(
    [absoluteRate(), group({ ofStart: between(0, 1e12) })],
    rule(`a number from 0 to ${largestRate}, or { ofStart: c } with 0 <= c <= 1e12`),
  );
export type LimitField = z.output<ReturnType<typeof limit>>;

/** Returns the limit for a starting rate. */
export const resolveLimit = (field: LimitField, start: number): number =>
  typeof field === "number" ? field : field.ofStart * start;

/** Returns the starting rates: one for all weights, or one a group where the bounds differ. Throws without a bound to relate to. */
export function resolveRates(field: RateField, context: ScheduleContext): number[] {
  if (typeof field === "number") return [field];
  const bounds = context.initialBound;
  if (!bounds || bounds.length === 0) {
    throw new RangeError("rate: { ofBound } needs a model that knows its stability bound; give a number instead");
  }
  const first = bounds[0]!;
  return (bounds.every((bound) => bound === first) ? [first] : bounds).map((bound) => field.ofBound * bound);
}

/** Returns the smallest starting rate, or null while the bound that it relates to is not known. */
export const knownStart = (field: RateField, context: ScheduleContext): number | null =>
  typeof field === "number" || context.initialBound ? Math.min(...resolveRates(field, context)) : null;

/** How long a decay lasts; the run's whole horizon when absent. */
export const decaySteps = () => steps().optional().describe("Steps until the end of the curve; absent: the whole run.");

/** Adds the issue "floor above peak" to an object with `rate` and `minRate`. */
export function floorBelowPeak(
  params: { readonly rate: RateField; readonly minRate: number },
  context: z.core.$RefinementCtx,
): void {
  if (typeof params.rate === "number" && params.minRate > params.rate) {
    context.addIssue({
      code: "custom",
      path: ["minRate"],
      message: `must be at most rate (${params.rate}); got ${params.minRate}`,
      input: params.minRate,
    });
  }
}
