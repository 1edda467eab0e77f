import { z } from "zod";
import type { Schedule, ScheduleContext } from "../schedule.ts";
import {
  above,
  between,
  inside,
  knownStart,
  limit,
  parameters,
  rate,
  resolveLimit,
  resolveRates,
  whole,
  word,
} from "./_fields.ts";
import { type GreedyState, greedyStart, greedyStep, greedyVariants, type GreedyRule } from "./_greedy-rules.ts";
import { greedyWarnings } from "./_greedy-warnings.ts";
import { every, metric, metricReader, mode, thresholdMode } from "./_metric.ts";
import { afterClipping, asPlanned, type Reactive } from "./_reactive.ts";

const observations = () => whole(0, 1_000_000_000);

const params = parameters({
  kind: z.literal("greedy"),
  rate: rate(),
  variant: word(["hf", "paper", "blog"])
    .default("hf")
    .describe("hf: as merged in Transformers; paper: arXiv:2512.14527; blog: a window continues the change."),
  metric: metric().default("train/loss"),
  every: every().default("step"),
  mode: mode(),
  factor: inside(0, 1).default(0.95).describe("The rate is multiplied by it when bad, divided by it when good."),
  patience: observations().default(10).describe("Observations in a row beyond which the rate changes."),
  threshold: between(0, 1e9).default(1e-4).describe("By how much an observation must improve to count as good."),
  thresholdMode: thresholdMode().default("relative"),
  window: whole(1, 10_000).default(50).describe("Observations in the rolling mean of the metric; 1 turns it off."),
  cooldownLength: observations().default(0).describe("Observations in the window after a decrease."),
  warmupLength: observations().default(0).describe("Observations in the window after an increase."),
  minRate: limit().default({ ofStart: 1e-3 }).describe("The rate is never lowered below it."),
  maxRate: limit().default({ ofStart: 10 }).describe("The rate is never raised above it."),
  eps: between(0, 1e9).default(0).describe("A change of the rate no larger than this is not made."),
  resetAfter: above(0, 1e9)
    .int("must be a whole number or null")
    .nullable()
    .default(null)
    .describe("hf: decreases at the floor before everything starts afresh; paper: observations; null: never."),
})
  .superRefine(({ minRate, maxRate }, context) => {
    const comparable = typeof minRate === typeof maxRate;
    if (comparable && resolveLimit(minRate, 1) > resolveLimit(maxRate, 1)) {
      context.addIssue({
        code: "custom",
        path: ["minRate"],
        message: `must be at most maxRate (${JSON.stringify(maxRate)}); got ${JSON.stringify(minRate)}`,
        input: minRate,
      });
    }
  })
  .meta({ id: "GreedySchedule" });
type GreedyParams = z.output<typeof params>;

function ruleOf(params: GreedyParams, context: ScheduleContext): GreedyRule {
  const starts = resolveRates(params.rate, context);
  const { mode, factor, patience, threshold, thresholdMode, eps, window } = params;
  return {
    starts,
    min: starts.map((start) => resolveLimit(params.minRate, start)),
    max: starts.map((start) => resolveLimit(params.maxRate, start)),
    mode,
    factor,
    patience,
    threshold,
    thresholdMode,
    cooldown: params.cooldownLength,
    warmup: params.warmupLength,
    eps,
    window,
    reset: params.resetAfter,
  };
}

function bind(params: GreedyParams, context: ScheduleContext): Reactive<GreedyState> {
  const rule = ruleOf(params, context);
  const variant = greedyVariants[params.variant];
  const reader = metricReader(params.metric, params.every, context.stepsPerEpoch);
  return {
    needs: reader.needs,
    range: [Math.min(...rule.min, ...rule.starts), Math.max(...rule.max, ...rule.starts)],
    metricDecides: true,
    start: () => greedyStart(rule),
    plan: (state) => ({ state, rate: asPlanned(state.rates) }),
    observe(state, step, seen) {
      const pending = reader.gather(state.pending, seen);
      const rates = afterClipping(state.rates, seen.applied);
      const value = reader.due(pending, step, seen);
      if (value !== undefined) return greedyStep(variant, rule, state, rates, value);
      return rates === state.rates && pending === state.pending ? state : { ...state, rates, pending };
    },
  };
}

export const greedy: Schedule<typeof params> = {
  kind: "greedy",
  params,
  doc: {
    title: "Greedy (GreedyLR)",
    summary: "Raises the rate while the loss keeps improving on its best and lowers it while it does not.",
    formula:
      "η ← min(η / factor, maxRate) after patience + 1 good observations; η ← max(η · factor, minRate) after bad ones",
    when: "When the right rate is not known: it finds its way from a rate that is too low and backs off one too high. Add a tail for the last fifth of the run.",
    source: "Subramanian et al., arXiv:2512.14527; Transformers pull request 44271 (GreedyLR).",
  },
  example: { kind: "greedy", rate: 0.1, factor: 0.9, patience: 5, window: 10 },
  bind,
  warnings: (params, context) => greedyWarnings(params, knownStart(params.rate, context)),
};
