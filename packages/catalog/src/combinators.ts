/** What may be put around any schedule: a warmup before it and a cooldown tail at the end of the run. */
import type { z } from "zod";
import { between, group, steps, whole, word } from "./schedules/_fields.ts";
import { fallShapes, riseShapes } from "./schedules/_shapes.ts";

const length = {
  steps: whole(0, 1_000_000_000).optional().describe("Length in steps; give this or `fraction`."),
  fraction: between(0, 1).optional().describe("Length as a fraction of the run; give this or `steps`."),
};
const oneLength = (value: { readonly steps?: number | undefined; readonly fraction?: number | undefined }): boolean =>
  (value.steps === undefined) !== (value.fraction === undefined);
const saysOneLength = {
  error: (issue: { readonly input?: unknown }): string => {
    const { steps, fraction } = issue.input as { readonly steps?: number; readonly fraction?: number };
    return `must have exactly one of steps and fraction; got steps ${steps ?? "nothing"}, fraction ${fraction ?? "nothing"}`;
  },
};

export const Warmup = group({
  ...length,
  shape: word(riseShapes).default("linear").describe("How the factor rises from `from` to 1."),
  from: between(0, 1).default(0).describe("Factor at the first step; 0 makes the first update void."),
})
  .refine(oneLength, saysOneLength)
  .meta({ id: "Warmup", description: "Raises the rate at the start of the run; the schedule proper begins after it." });
export type Warmup = z.output<typeof Warmup>;

export const Tail = group({
  ...length,
  shape: word(fallShapes).default("1-sqrt").describe("How the factor falls from 1 to `to`."),
  to: between(0, 1)
    .optional()
    .describe("Factor at the end, of the rate that the tail starts from. Default 0; 0.01 for exponential."),
  start: steps().optional().describe("First step of the tail; absent: so that it ends with the run."),
})
  .refine(oneLength, saysOneLength)
  .refine((tail) => tail.shape !== "exponential" || tail.to !== 0, {
    path: ["to"],
    error: "must be above 0 for the exponential shape; got 0",
  })
  .meta({ id: "Tail", description: "Cools the rate down at the end, from whatever rate the schedule has reached." });
export type Tail = z.output<typeof Tail>;

/** Returns the length in steps within a run of `horizon` steps. */
export const lengthIn = (
  part: { readonly steps?: number | undefined; readonly fraction?: number | undefined },
  horizon: number,
): number => part.steps ?? Math.round((part.fraction ?? 0) * horizon);
