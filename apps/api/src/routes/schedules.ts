import {
  ConversionError,
  convertSchedule,
  previewSchedule,
  type ScheduleSpec,
  scheduleWarnings,
  schedulesIn,
  traceCase,
} from "@etude/catalog";
import { type Preview, Problem, RunId, toJsonNumbers } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Parts } from "../parts.ts";
import { policyOf } from "../policies/resolve-policies.ts";
import type { FastifyInstance } from "fastify";
import { serve } from "../serve.ts";

/** Rates that one answer may hold one by one. */
const maxRates = 100_000;
/** Rates of all cases of one trace. */
const maxTraced = 1_000_000;

const invalid = (path: string, message: string): Problem =>
  new Problem("validation_failed", `${path} ${message}`, [{ path, message }]);

/** The recorded curves that a schedule replays, by run id; empty when it replays nothing. */
export async function recordedCurves(db: Database, schedule: ScheduleSpec): Promise<Record<string, Float64Array>> {
  const curves: Record<string, Float64Array> = {};
  for (const { spec, path } of schedulesIn(schedule)) {
    if (spec.kind !== "replay") continue;
    const runId = RunId.safeParse(spec.run);
    if (!runId.success) throw invalid(`${path}.run`, `is not the id of a run: ${spec.run}`);
    const { series } = await db.history.readHistory(runId.data, { keys: ["learning-rate"] });
    const [rates] = series;
    if (rates?.mode === "exact") curves[spec.run] = rates.points.values;
  }
  return curves;
}

/** Runs a pure function of the catalogue, whose errors are about its arguments. */
export function onArguments<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) throw invalid(path, error.message);
    if (!(error instanceof ConversionError)) throw error;
    throw new Problem(error.code === "past-end" ? "past_end" : "conversion_failed", error.message, [
      { path, message: error.message },
    ]);
  }
}

/** How many rates a case asks for; one that does not say is refused where it is traced. */
function ratesOf({ lr, steps, metrics }: Record<string, unknown>): number {
  if (Array.isArray(lr)) return lr.length;
  if (typeof steps === "number" && Number.isFinite(steps)) return steps;
  return Array.isArray(metrics) ? metrics.length + 1 : 0;
}

/** Rates without training. */
export function scheduleRoutes(app: FastifyInstance, { db, blobs }: Pick<Parts, "db" | "blobs">): void {
  serve(app, "previewSchedule", async ({ body }): Promise<Preview> => {
    const { schedule, steps, stepsPerEpoch, width, metrics } = body;
    if (width === undefined && steps > maxRates)
      throw invalid("width", `is needed above ${maxRates} steps; got ${steps} steps`);
    const curves = await recordedCurves(db, schedule);
    const policy = await policyOf({ db, blobs }, schedule);
    const context = { horizon: steps, groups: ["all"], stepsPerEpoch, curves, ...(policy !== undefined && { policy }) };
    const options = {
      steps,
      ...(width === undefined || width >= steps ? {} : { width }),
      ...(metrics === undefined ? {} : { metrics: metrics.map(Number) }),
    };
    const { rates, buckets, ...preview } = onArguments("schedule", () => previewSchedule(schedule, context, options));
    return {
      ...preview,
      warnings: onArguments("schedule", () => scheduleWarnings(schedule, context)),
      curve:
        rates !== null
          ? { mode: "exact", points: { step: Array.from(rates.keys()), value: toJsonNumbers(rates) } }
          : buckets !== null
            ? {
                mode: "bucketed",
                points: {
                  step: Array.from(buckets.step),
                  last: toJsonNumbers(buckets.last),
                  min: toJsonNumbers(buckets.min),
                  max: toJsonNumbers(buckets.max),
                  mean: toJsonNumbers(buckets.mean),
                  count: Array.from(buckets.count),
                },
              }
            : null,
    };
  });

  serve(app, "convertSchedule", ({ body }) => onArguments("", () => convertSchedule(body)));

  serve(app, "traceSchedules", ({ body }) => {
    const rates = body.cases.reduce((sum, one) => sum + ratesOf(one), 0);
    if (rates > maxTraced) throw invalid("cases", `may ask for ${maxTraced} rates in all; got ${rates}`);
    return { traces: body.cases.map((one, index) => onArguments(`cases[${index}]`, () => traceCase(one))) };
  });
}
