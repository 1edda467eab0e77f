/** Laws of the loss under any schedule, fitted to runs, and the schedules that follow from them and from gradient norms. */
import { ScheduleSpec } from "@etude/catalog";
import { z } from "zod";
import { RunId } from "./ids.ts";
import { RunSpec } from "./run.ts";

const lawRequest = {
  train: z.array(RunId).min(1).max(20).describe("Runs to fit to: two or more of one task, with different schedules."),
  test: z.array(RunId).max(20).default([]).describe("Runs of the same task to judge by; the fit does not see them."),
  warmup: z
    .union([z.enum(["linear", "constant", "fit"]), z.number().min(0)])
    .default("linear")
    .describe("The rate before the first recorded step, for histories that begin later: risen from 0, or constant."),
  convention: z
    .enum(["authors", "post-warmup"])
    .default("authors")
    .describe("Which changes of the rate the law counts: all, or those after the warmup."),
};

export const LawRequest = z.strictObject(lawRequest).meta({ id: "LawRequest" });
export type LawRequest = z.output<typeof LawRequest>;

const Interval = z
  .object({
    low: z.number(),
    high: z.number(),
    identified: z.boolean().describe("False where the interval spans more than a factor of 10."),
  })
  .meta({ id: "ParameterInterval" });

const Accuracy = z
  .object({
    meanRelativeError: z.number().describe("Mean over the curves of the mean of |prediction − loss| / loss."),
    meanRelativeErrorNewRows: z.number().nullable().describe("Without rows that a fitted run holds too."),
    lastRowError: z.number(),
    curves: z
      .array(
        z.object({
          file: z.string().describe("Id of the run."),
          rows: z.int(),
          meanRelativeError: z.number(),
          lastRowError: z.number(),
        }),
      )
      .readonly(),
  })
  .meta({ id: "LawAccuracy" });

const judged = <Names extends string>(names: readonly Names[]) => ({
  parameters: z.object(Object.fromEntries(names.map((name) => [name, z.number()])) as Record<Names, z.ZodNumber>),
  intervals: z.object(Object.fromEntries(names.map((name) => [name, Interval])) as Record<Names, typeof Interval>),
  train: z.object({ meanRelativeError: z.number() }),
  test: Accuracy.nullable().describe("Null without runs to judge by."),
});

const Reliance = z
  .object({
    error: z.number().describe("Mean relative error of the law."),
    on: z.enum(["test", "train"]).describe("Which runs the error is of."),
    control: z.number().describe("The same of the law that does not know of the rate."),
    spread: z.object({
      value: z.number().describe("How far apart equal trainings end, as a fraction of the loss."),
      basis: z.enum(["seeds", "detrended"]).describe("Measured between seeds, or estimated from the last 20 %."),
    }),
  })
  .meta({ id: "LawReliance" });

export const FittedLaw = z
  .object({
    ...judged(["L0", "A", "alpha", "B", "C", "beta", "gamma"]),
    control: z
      .object(judged(["L0", "A", "alpha"]))
      .describe("A power law of the steps that does not know of the rate."),
    reliance: Reliance,
    doubt: z.string().nullable().describe("Why no advice would be given from this law."),
    smoothed: z.string().describe("What was done to the recorded losses before the fit."),
    seconds: z.number(),
  })
  .meta({ id: "FittedLaw" });
export type FittedLaw = z.output<typeof FittedLaw>;

const rate = z.number().positive();

export const OptimiseRequest = z
  .strictObject({
    ...lawRequest,
    steps: z.int().min(10).max(10_000_000).optional().describe("Updates in the run; as many as the first run's."),
    warmupSteps: z.int().min(0).optional().describe("Updates of linear warmup; as many as the first run's."),
    knots: z.int().min(16).max(64).default(32).describe("Corners of the schedule."),
    peak: rate.optional().describe("Highest rate allowed; the highest that the fitted runs used."),
    floor: z.number().min(0).optional().describe("Lowest rate allowed; the lowest that the fitted runs used."),
    extrapolate: z.boolean().default(false).describe("Allow a peak or floor that no fitted run used."),
  })
  .meta({ id: "OptimiseRequest" });
export type OptimiseRequest = z.output<typeof OptimiseRequest>;

const runSpec = RunSpec.describe("The run with this schedule: ready to be submitted.");

export const OptimisedSchedule = z
  .object({
    schedule: ScheduleSpec,
    predictedLoss: z
      .object({ value: z.number(), low: z.number(), high: z.number() })
      .describe("At the end, with the 5th and 95th percentile of what refits predict."),
    compared: z
      .object({ constant: z.number(), cosine: z.number(), linear: z.number(), wsd: z.number() })
      .describe("Final losses that the law predicts for common shapes between the same rates."),
    peak: z.number(),
    floor: z.number(),
    extrapolated: z.boolean().describe("Whether it uses rates that no fitted run used."),
    reliance: Reliance,
    runSpec,
  })
  .meta({ id: "OptimisedSchedule" });
export type OptimisedSchedule = z.output<typeof OptimisedSchedule>;

export const RefineRequest = z
  .strictObject({
    runId: RunId.describe("A finished run that recorded its gradient norms."),
    peak: rate.optional().describe("Highest rate; the highest that the run used."),
    update: z
      .enum(["sgd", "adam"])
      .optional()
      .describe("sgd weighs a step by the norm to −2, adam (normalised updates) by −1; as fits the run's optimizer."),
  })
  .meta({ id: "RefineRequest" });
export type RefineRequest = z.output<typeof RefineRequest>;

export const RefinedSchedule = z
  .object({ schedule: ScheduleSpec, peak: z.number(), update: z.enum(["sgd", "adam"]), runSpec })
  .meta({ id: "RefinedSchedule" });
export type RefinedSchedule = z.output<typeof RefinedSchedule>;
