import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { between, inside, knownStart, limit, parameters, rate, resolveLimit, resolveRates, whole } from "./_fields.ts";
import { every, isBetter, metric, metricReader, mode, nothingPending, type Pending, thresholdMode } from "./_metric.ts";
import { afterClipping, asPlanned, type Reactive } from "./_reactive.ts";

const observations = () => whole(0, 1_000_000_000);

const params = parameters({
  kind: z.literal("plateau"),
  rate: rate(),
  metric: metric().default("validation/loss"),
  every: every().default("evaluation"),
  mode: mode(),
  factor: inside(0, 1).default(0.1).describe("What the rate is multiplied by at each drop."),
  patience: observations().default(10).describe("Observations without improvement beyond which the rate drops."),
  threshold: between(0, 1e9).default(1e-4).describe("By how much an observation must improve on the best."),
  thresholdMode: thresholdMode().default("relative"),
  cooldown: observations().default(0).describe("Observations after a drop that are not counted."),
  minRate: limit().default(0).describe("The rate never drops below it."),
  eps: between(0, 1e9).default(0).describe("A drop no larger than this is not made."),
}).meta({ id: "PlateauSchedule" });

type State = {
  readonly rates: readonly number[];
  readonly best: number | null;
  readonly bad: number;
  readonly cooldown: number;
  readonly pending: Pending;
};

export const plateau: Schedule<typeof params> = {
  kind: "plateau",
  params,
  doc: {
    title: "Reduce on plateau",
    summary: "Lowers the rate when the watched metric has stopped improving.",
    formula: "η ← max(η · factor, minRate) after patience + 1 observations that do not improve on the best",
    when: "When the number of steps to each level is not known and a validation loss is at hand.",
    source: "PyTorch ReduceLROnPlateau; a non-finite metric is one bad observation.",
  },
  example: { kind: "plateau", rate: 0.1, metric: "train/loss", every: "step", factor: 0.5, patience: 3 },
  bind: (params, context): Reactive<State> => {
    const starts = resolveRates(params.rate, context);
    const floors = starts.map((start) => resolveLimit(params.minRate, start));
    const reader = metricReader(params.metric, params.every, context.stepsPerEpoch);
    const dropped = (rate: number, group: number): number => {
      const next = Math.max(rate * params.factor, floors[group]!);
      return rate - next > params.eps ? next : rate;
    };
    return {
      needs: reader.needs,
      range: [Math.min(...floors, ...starts), Math.max(...starts)],
      metricDecides: true,
      start: () => ({ rates: starts, best: null, bad: 0, cooldown: 0, pending: nothingPending }),
      plan: (state) => ({ state, rate: asPlanned(state.rates) }),
      observe(state, step, seen) {
        const rates = afterClipping(state.rates, seen.applied);
        const pending = reader.gather(state.pending, seen);
        const value = reader.due(pending, step, seen);
        if (value === undefined) {
          return rates === state.rates && pending === state.pending ? state : { ...state, rates, pending };
        }
        const better = isBetter(value, state.best, params.mode, params.threshold, params.thresholdMode);
        const best = better ? value : state.best;
        const cooling = state.cooldown > 0;
        const cooldown = cooling ? state.cooldown - 1 : 0;
        const bad = better || cooling ? 0 : state.bad + 1;
        if (bad <= params.patience) return { rates, best, bad, cooldown, pending: nothingPending };
        return { rates: rates.map(dropped), best, bad: 0, cooldown: params.cooldown, pending: nothingPending };
      },
    };
  },
  warnings: (params, context) => {
    const start = knownStart(params.rate, context) ?? Number.POSITIVE_INFINITY;
    const floor = typeof params.minRate === "number" ? params.minRate : params.minRate.ofStart * start;
    const freeze = params.eps / (1 - params.factor);
    return [
      ...(floor > start ? [`minRate (${floor}) is above the starting rate (${start}): the rate never changes.`] : []),
      ...(params.eps > 0 && freeze > start
        ? [`eps (${params.eps}) freezes the rate: every drop is smaller than it.`]
        : []),
      ...(params.thresholdMode === "signed-relative"
        ? ["thresholdMode signed-relative takes an unchanged metric for an improvement where it is negative."]
        : []),
    ];
  },
};
