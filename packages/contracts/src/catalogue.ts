import { ScheduleSpec } from "@etude/catalog";
import { z } from "zod";
import { BucketedPoints, ExactPoints } from "./series.ts";
import { BackendName } from "./run.ts";

const JsonSchema = z.record(z.string(), z.unknown()).describe("JSON Schema of the parameters.");
const entry = {
  kind: z.string(),
  title: z.string(),
  summary: z.string(),
  source: z.string(),
  parameters: JsonSchema,
  example: z.record(z.string(), z.unknown()),
};

/** Everything that a run can be made of, with the schemas that forms are drawn from. */
export const Catalogue = z
  .object({
    schedules: z.array(z.object({ ...entry, formula: z.string(), when: z.string() })),
    models: z.array(z.object(entry)),
    datasets: z.array(z.object({ ...entry, licence: z.string() })),
    optimizers: z.array(
      z.object({
        ...entry,
        supports: z.object({ scheduled: z.boolean(), hypergradient: z.boolean(), lineSearch: z.boolean() }),
      }),
    ),
    backends: z.array(BackendName),
  })
  .meta({ id: "Catalogue" });
export type Catalogue = z.output<typeof Catalogue>;

export const PreviewSpec = z
  .strictObject({
    schedule: ScheduleSpec,
    steps: z.int().min(1).max(10_000_000),
    stepsPerEpoch: z.int().min(1).max(10_000_000).default(100),
    width: z
      .int()
      .min(1)
      .max(20_000)
      .optional()
      .describe("At most this many buckets; absent: every rate, up to 100 000 steps."),
    metrics: z
      .array(z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]))
      .max(1_000_000)
      .optional()
      .describe("For schedules that react: metrics[k] is what they see after update k."),
  })
  .meta({ id: "PreviewSpec" });

export const Preview = z
  .object({
    reactive: z
      .boolean()
      .describe(
        "True: the rates depend on the training; without `metrics` only the first rate and the range are known.",
      ),
    warnings: z.array(z.string()),
    firstRate: z.number(),
    range: z.object({ min: z.number(), max: z.number() }).nullable(),
    curve: z
      .discriminatedUnion("mode", [
        z.object({ mode: z.literal("exact"), points: ExactPoints }),
        z.object({ mode: z.literal("bucketed"), points: BucketedPoints }),
      ])
      .nullable(),
  })
  .meta({ id: "Preview" });
export type Preview = z.output<typeof Preview>;

/** A scheduler as another library writes it. */
export const ForeignSchedule = z
  .object({
    library: z.enum(["pytorch", "transformers", "keras"]),
    scheduler: z.string().min(1).max(100),
    kwargs: z.record(z.string(), z.unknown()).default({}),
    base_lr: z.number().min(0).describe("Learning rate of the optimizer that it drives."),
  })
  .meta({ id: "ForeignSchedule" });

export const Conversion = z
  .object({ schedule: ScheduleSpec, notes: z.array(z.string()).describe("Where the two libraries differ.") })
  .meta({ id: "Conversion" });
