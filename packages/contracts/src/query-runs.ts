/** Asking for runs: by what they are, by how they ended, and by what their curves did. */
import { ScheduleSpec } from "@etude/catalog";
import { z } from "zod";
import { RunId } from "./ids.ts";
import { JsonNumber, Run } from "./run.ts";

const QueryText = z
  .string()
  .max(4000)
  .describe(
    "A filter, perhaps with `order by` and `limit`: schedule.kind = 'greedy' and last('train/loss') < 0.3 order by min('train/loss') limit 50. Empty: every run. See the guide on queries.",
  );
const Ids = z.array(RunId).min(1).max(10_000);

export const RunQuery = z
  .strictObject({
    query: QueryText.default(""),
    ids: Ids.optional().describe("Only these runs."),
    select: z
      .array(z.string().min(1).max(500))
      .max(24)
      .default([])
      .describe(
        "Values wanted of each run: last('train/loss'), value('train/loss', 1000), firstBelow('train/loss', 0.5), schedule.rate",
      ),
    runs: z.boolean().default(true).describe("Whole runs; false: only their ids and the selected values."),
    limit: z.int().min(1).max(10_000).default(50).describe("Runs on a page; with `runs` at most 500."),
    cursor: z.string().max(4000).optional().describe("`next` of the page before."),
    count: z.boolean().default(false).describe("Count all that match, too."),
  })
  .refine(({ runs, limit }) => !runs || limit <= 500, {
    path: ["limit"],
    message: "must be at most 500, or runs must be false",
  })
  .meta({ id: "RunQuery" });
export type RunQuery = z.output<typeof RunQuery>;

/** A number, a text, a truth value, a time (ISO 8601), or what a spec holds there; null where it is not known. */
const Value = z.union([
  JsonNumber,
  z.string(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);

export const RunQueryAnswer = z
  .object({
    ids: z.array(RunId).describe("In the order asked for; newest first without one."),
    runs: z.array(Run).nullable(),
    values: z
      .array(z.object({ select: z.string(), values: z.array(Value) }))
      .describe("One column for each entry of `select`, as long as `ids`."),
    next: z.string().nullable(),
    total: z.int().nullable().describe("All that match, when `count` was asked for."),
  })
  .meta({ id: "RunQueryAnswer" });
export type RunQueryAnswer = z.output<typeof RunQueryAnswer>;

/** Places of a run, from its first to its last update, at which rates are compared. */
export const shapePlaces = 32;

const Like = z
  .union([
    z.strictObject({ runId: RunId }),
    z.strictObject({ schedule: ScheduleSpec, steps: z.int().min(2).max(10_000_000) }),
    z.strictObject({ rates: z.array(z.number().min(0)).min(2).max(100_000) }),
  ])
  .describe("A run, a schedule over so many steps, or the rates themselves, step by step.");

export const SimilarQuery = z
  .strictObject({
    like: Like,
    scaleFree: z.boolean().default(false).describe("Compare shapes only: a schedule and ten times it are alike."),
    query: QueryText.default("").describe("Search among the runs that match; without order and limit."),
    limit: z.int().min(1).max(200).default(20),
  })
  .meta({ id: "SimilarQuery" });
export type SimilarQuery = z.output<typeof SimilarQuery>;

const Shape = z.array(z.number()).describe("log10 of the applied rate at 32 evenly spaced places of the run.");

export const SimilarAnswer = z
  .object({
    shape: Shape,
    searched: z.int().describe("Ended runs with a recorded rate that were compared."),
    pending: z.int().describe("Ended runs whose rates have not been looked at yet; ask again."),
    found: z.array(
      z.object({
        run: Run,
        distance: z
          .number()
          .describe("Root mean square of the difference of log10 rates, in decades; of shapes alone with `scaleFree`."),
        scale: z.number().describe("How many times higher its rates are, on geometric average."),
        shapeDistance: z.number().describe("The distance that is left once the scale is taken out, in decades."),
        farthest: z.object({
          progress: z.number().describe("Where the rates differ most (after scaling, with `scaleFree`), 0 to 1."),
          ratio: z.number().describe("Its rate there over the rate asked for."),
        }),
        shape: Shape,
      }),
    ),
  })
  .meta({ id: "SimilarAnswer" });
export type SimilarAnswer = z.output<typeof SimilarAnswer>;
