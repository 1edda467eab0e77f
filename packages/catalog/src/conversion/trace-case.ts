/** Rates step by step of a case: a scheduler of another library or a schedule of ours, and the metrics that it saw. */
import { z } from "zod";
import { bindSchedule } from "../bind-schedule.ts";
import type { BoundSchedule, Json } from "../schedule.ts";
import { ScheduleSpec } from "../schedule-spec.ts";
import { asRate, isOpenLoop } from "../schedules/_open-loop.ts";
import { isReactive } from "../schedules/_reactive.ts";
import { convertForTrace } from "./convert-schedule.ts";
import { curveOf } from "./curve-of.ts";
import { ConversionError } from "./foreign.ts";

const numbers = z.array(z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number)]));

const counts = {
  lr: z.array(z.unknown()).optional(),
  steps: z.int().min(1).max(10_000_000).optional(),
  metrics: numbers.optional(),
};

const ForeignCase = z.looseObject({
  ...counts,
  library: z.string(),
  scheduler: z.string(),
  kwargs: z.record(z.string(), z.unknown()).default({}),
  base_lr: z.number().optional(),
});

const OwnCase = z.looseObject({
  ...counts,
  horizon: z.int().min(1).optional(),
  stepsPerEpoch: z.int().min(1).default(1),
});

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, where = ""): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const says = result.error.issues.map(
    ({ path, message }) => `${[where, ...path].filter(Boolean).join(".")} ${message}`,
  );
  throw new ConversionError("invalid-argument", says.join("; "));
}

/** Returns how many rates are asked for. */
function rateCount({
  lr,
  steps,
  metrics,
}: {
  lr?: unknown[] | undefined;
  steps?: number | undefined;
  metrics?: number[] | undefined;
}): number {
  const count = lr?.length ?? steps ?? (metrics && metrics.length + 1);
  if (count !== undefined) return count;
  throw new ConversionError(
    "invalid-argument",
    "a case needs lr, steps or metrics to say how many rates are wanted; got none",
  );
}

/** Returns the rates of a machine that looks at a metric. metrics[k] is seen after update k. */
function walk(bound: BoundSchedule, count: number, metrics: readonly number[] | undefined): number[] {
  if (!isReactive(bound) || !bound.metricDecides) {
    throw new ConversionError("invalid-argument", "this schedule looks at gradients, which a trace does not have");
  }
  if (count > (metrics?.length ?? 0) + 1) {
    throw new ConversionError(
      "invalid-argument",
      `${count} rates need at least ${count - 1} metrics; got ${metrics?.length ?? 0}`,
    );
  }
  const lr: number[] = [];
  let state: Json = bound.start();
  for (let step = 0; step < count; step++) {
    const { rate, state: planned } = bound.plan(state, step, {});
    const applied = typeof rate === "number" ? rate : (rate as readonly number[])[0]!;
    lr.push(applied);
    const loss = metrics?.[step];
    state = bound.observe(planned, step, { applied, ...(loss !== undefined && { trainLoss: loss, evalLoss: loss }) });
  }
  return lr;
}

/** Returns the rates, and throws where the library raises or would go below 0. */
function follow(curve: (step: number) => number, count: number, ends: number, scheduler: string): number[] {
  const lr: number[] = [];
  for (let step = 0; step < count; step++) {
    const rate = step < ends ? curve(step) : Number.NaN;
    if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY)) {
      throw new ConversionError(
        "past-end",
        `${scheduler} gives ${step} rates with these arguments; ${count} were asked for`,
      );
    }
    lr.push(rate);
  }
  return lr;
}

function traceForeign(value: unknown): number[] {
  const { library, scheduler, kwargs, base_lr, metrics, ...rest } = parsed(ForeignCase, value);
  const count = rateCount({ ...rest, metrics });
  const converted = convertForTrace({ library, scheduler, kwargs, base_lr });
  const curve = curveOf(converted);
  if (curve) return follow(curve, count, converted.ends ?? Number.POSITIVE_INFINITY, scheduler);
  return walk(bindSchedule(converted.spec!, { horizon: count, groups: ["all"], stepsPerEpoch: 1 }), count, metrics);
}

function traceOwn(value: unknown): number[] {
  const { lr, steps, metrics, horizon, stepsPerEpoch, schedule, ...inline } = parsed(OwnCase, value);
  const count = rateCount({ lr, steps, metrics });
  const spec = parsed(ScheduleSpec, schedule ?? inline, "schedule");
  const context = { horizon: horizon ?? count, groups: ["all"], stepsPerEpoch };
  let bound: BoundSchedule;
  try {
    bound = bindSchedule(spec, context);
  } catch (error) {
    if (error instanceof RangeError) throw new ConversionError("invalid-argument", error.message);
    throw error;
  }
  if (!isOpenLoop(bound)) return walk(bound, count, metrics);
  const [curve] = bound.curves;
  return follow((step) => asRate(curve(step)), count, Number.POSITIVE_INFINITY, spec.kind);
}

/**
 * Returns the rates of one case: `{ library, scheduler, kwargs, base_lr }` or a schedule of ours (as `schedule`, or its
 * fields in place) with `lr`, `steps` or `metrics`. As many rates as `lr` has, else `steps`, else one more than
 * `metrics`; metrics[k] is fed after update k. Throws a ConversionError; its code is `past-end` where a library gives fewer.
 */
export function traceCase(value: unknown): { readonly lr: number[] } {
  const foreign = typeof value === "object" && value !== null && ("library" in value || "scheduler" in value);
  return { lr: foreign ? traceForeign(value) : traceOwn(value) };
}
