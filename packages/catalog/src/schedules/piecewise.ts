import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { absoluteRate, between, group, list, parameters, word } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";
import { reachedBy } from "./_search.ts";

const params = parameters({
  kind: z.literal("piecewise"),
  points: list(group({ at: between(0, 1e9), rate: absoluteRate() }), 1, 100_000, "points").describe(
    "Rates at places, in order; before the first and after the last the rate stays.",
  ),
  unit: word(["step", "fraction"]).default("step").describe("Whether `at` counts steps or is a fraction of the run."),
  interpolation: word(["linear", "hold", "cosine", "exponential"])
    .default("linear")
    .describe("How the rate goes from one point to the next."),
})
  .superRefine(({ points, unit, interpolation }, context) => {
    for (const [index, { at, rate }] of points.entries()) {
      const refuse = (name: string, message: string, input: number): void =>
        context.addIssue({ code: "custom", path: ["points", index, name], message: `${message}; got ${input}`, input });
      const before = points[index - 1]?.at ?? 0;
      if (at < before) refuse("at", `must not be below the point before it (${before})`, at);
      if (unit === "fraction" && at > 1) refuse("at", "must be at most 1 where unit is fraction", at);
      if (interpolation === "exponential" && rate === 0) {
        refuse("rate", "must be above 0 for exponential interpolation", rate);
      }
    }
  })
  .meta({ id: "PiecewiseSchedule" });

const mixers = {
  hold: (from: number) => from,
  linear: (from: number, to: number, u: number) => from + (to - from) * u,
  cosine: (from: number, to: number, u: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * u)),
  exponential: (from: number, to: number, u: number) => from * (to / from) ** u,
};

export const piecewise: Schedule<typeof params> = {
  kind: "piecewise",
  params,
  doc: {
    title: "Piecewise",
    summary: "Goes through given points, in steps, lines, cosines or exponentials.",
    formula: "η(t) = interpolation(rateᵢ, rateᵢ₊₁, (t − atᵢ) / (atᵢ₊₁ − atᵢ)), atᵢ ≤ t < atᵢ₊₁",
    when: "For a curve drawn by hand or computed elsewhere; exponential from low to high is a learning-rate range test.",
    source: "Keras PiecewiseConstantDecay (hold).",
  },
  example: {
    kind: "piecewise",
    points: [
      { at: 0, rate: 0.01 },
      { at: 20, rate: 0.1 },
      { at: 60, rate: 0.1 },
      { at: 100, rate: 0 },
    ],
  },
  bind: ({ points, unit, interpolation }, context) => {
    const scale = unit === "fraction" ? context.horizon : 1;
    const places = Float64Array.from(points, ({ at }) => at * scale);
    const rates = Float64Array.from(points, ({ rate }) => rate);
    const last = points.length - 1;
    const mix = mixers[interpolation];
    return openLoop([
      (step) => {
        const next = reachedBy(places, step);
        if (next === 0) return rates[0]!;
        if (next > last) return rates[last]!;
        const from = places[next - 1]!;
        return mix(rates[next - 1]!, rates[next]!, (step - from) / (places[next]! - from));
      },
    ]);
  },
};
