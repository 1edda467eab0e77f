import { z } from "zod";
import type { Before, PerParameterRule, Schedule, ScheduleContext } from "../schedule.ts";
import { above, limit, parameters, rate, resolveLimit, resolveRates, word } from "./_fields.ts";
import { afterClipping, asPlanned, type Reactive } from "./_reactive.ts";

const params = parameters({
  kind: z.literal("hypergradient"),
  rate: rate(),
  granularity: word(["global", "group", "parameter"])
    .default("global")
    .describe("One adapted rate for all weights, one a group (layer), or one for every single weight."),
  form: word(["multiplicative", "additive"])
    .default("multiplicative")
    .describe("multiplicative: rate · (1 + strength · cosine), free of scale; additive: rate + strength · product."),
  strength: above(0, 1e6)
    .optional()
    .describe(
      "The hyper learning rate. multiplicative: without unit, below 1, 0.02 when absent; additive: in rate² / loss, must be given.",
    ),
  accumulate: word(["sum", "sequential"])
    .default("sum")
    .describe(
      "global only. sequential: groups change the rate one after the other within a step, as the authors' Adam.",
    ),
  epsilon: word(["outside", "inside"])
    .default("outside")
    .describe("adam only. inside: its ε is added to √v before the bias correction, as the authors' Adam does."),
  minRate: limit().default({ ofStart: 1e-4 }).describe("The rate never goes below it."),
  maxRate: limit().default({ ofStart: 1e4 }).describe("The rate never goes above it."),
})
  .superRefine(({ form, strength, minRate, maxRate }, context) => {
    if (form === "additive" && strength === undefined) {
      const message = "must be given for the additive form, in units of rate² / loss; got nothing";
      context.addIssue({ code: "custom", path: ["strength"], message, input: strength });
    }
    if (form === "multiplicative" && strength !== undefined && strength >= 1) {
      const message = `must be below 1 for the multiplicative form; got ${strength}`;
      context.addIssue({ code: "custom", path: ["strength"], message, input: strength });
    }
    if (typeof minRate === typeof maxRate && resolveLimit(minRate, 1) > resolveLimit(maxRate, 1)) {
      const message = `must be at most maxRate (${JSON.stringify(maxRate)}); got ${JSON.stringify(minRate)}`;
      context.addIssue({ code: "custom", path: ["minRate"], message, input: minRate });
    }
  })
  .meta({ id: "HypergradientSchedule" });
type Params = z.output<typeof params>;

/** Of the multiplicative form. */
const standardStrength = 0.02;

type State = { readonly rates: readonly number[] };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const norm = (values: readonly number[]): number => Math.sqrt(sum(values.map((value) => value * value)));

/** Returns the rate after one hypergradient: product = ⟨g, d⟩, lengths = ‖g‖·‖d‖. */
function adapted(
  { form, strength = standardStrength }: Params,
  rate: number,
  product: number,
  lengths: number,
): number {
  if (form === "additive") return rate + strength * product;
  const cosine = lengths > 0 ? product / lengths : 0;
  return rate * (1 + strength * Math.max(-1, Math.min(1, cosine)));
}

function perParameter(params: Params, starts: readonly number[]): PerParameterRule {
  const initial = Math.min(...starts);
  return {
    perParameter: {
      initial,
      form: params.form,
      strength: params.strength ?? standardStrength,
      min: resolveLimit(params.minRate, initial),
      max: resolveLimit(params.maxRate, initial),
      factor: 1,
    },
  };
}

/** Returns the hypergradient per group, as far as the trainer measured it. */
function measured(before: Before, groups: number): { readonly products: number[]; readonly lengths: number[] } {
  const none = (): number[] => Array.from({ length: groups }, () => 0);
  const gradient = before.gradientNorm ?? none();
  const direction = before.directionNorm ?? none();
  return {
    products: [...(before.alignment ?? none())],
    lengths: gradient.map((length, group) => length * (direction[group] ?? 0)),
  };
}

function bind(params: Params, context: ScheduleContext): Reactive<State> {
  const bounds = resolveRates(params.rate, context);
  const groups = Math.max(1, context.groups.length);
  const perGroup = params.granularity === "group";
  // One rate a group also where groups change a global rate one after the other.
  const sequential = params.granularity === "global" && params.accumulate === "sequential";
  const starts = perGroup
    ? Array.from({ length: groups }, (_, group) => bounds[group] ?? bounds[0]!)
    : [Math.min(...bounds)];
  const min = starts.map((start) => resolveLimit(params.minRate, start));
  const max = starts.map((start) => resolveLimit(params.maxRate, start));
  const clamped = (next: number, rate: number, at: number): number =>
    Number.isFinite(next) ? Math.min(max[at]!, Math.max(min[at]!, next)) : rate;
  const next = (rates: readonly number[], before: Before): readonly number[] => {
    const { products, lengths } = measured(before, groups);
    if (perGroup) {
      return rates.map((rate, at) => clamped(adapted(params, rate, products[at] ?? 0, lengths[at] ?? 0), rate, at));
    }
    const rate = rates.at(-1)!;
    if (!sequential) {
      const whole = norm(before.gradientNorm ?? []) * norm(before.directionNorm ?? []);
      return [clamped(adapted(params, rate, sum(products), whole), rate, 0)];
    }
    let current = rate;
    return products.map(
      (product, at) => (current = clamped(adapted(params, current, product, lengths[at] ?? 0), current, 0)),
    );
  };
  const norms = params.form === "multiplicative" ? (["gradientNorm", "directionNorm"] as const) : [];
  const reach = [Math.min(...min, ...starts), Math.max(...max, ...starts)] as const;
  if (params.granularity === "parameter") {
    const rate = perParameter(params, bounds);
    return {
      needs: { before: [], trainLoss: false, evalLoss: false, judge: false },
      range: reach,
      metricDecides: false,
      start: () => ({ rates: [] }),
      plan: (state) => ({ state, rate }),
      observe: (state) => state,
    };
  }
  return {
    needs: { before: ["alignment", ...norms], trainLoss: false, evalLoss: false, judge: false },
    range: reach,
    metricDecides: false,
    start: () => ({ rates: starts }),
    plan(state, _, before) {
      const rates = next(state.rates, before);
      return { state: { rates }, rate: asPlanned(rates) };
    },
    observe: (state, _, seen) => ({ rates: afterClipping(state.rates, seen.applied) }),
  };
}

export const hypergradient: Schedule<typeof params> = {
  kind: "hypergradient",
  params,
  doc: {
    title: "Hypergradient descent",
    summary:
      "Learns the rate by gradient descent on it: up when a gradient agrees with the last displacement, down when not.",
    formula:
      "η ← η · (1 + strength · ⟨g, d⟩ / (‖g‖ ‖d‖)) or η + strength · ⟨g, d⟩; d is the previous update's direction",
    when: "With sgd, nesterov or adam, when the starting rate is a guess; per group where layers differ in scale.",
    source: "Baydin et al., arXiv:1703.04782; the authors' hypergradient-descent code.",
  },
  example: { kind: "hypergradient", rate: 0.01 },
  bind,
};
