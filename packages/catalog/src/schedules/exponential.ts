import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { inside, parameters, rate, resolveRates, steps } from "./_fields.ts";
import { powersOf } from "./_formulas.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("exponential"),
  rate: rate(),
  factor: inside(0, 1).describe("What the rate is multiplied by over `every` steps."),
  every: steps().default(1).describe("Steps that one factor is spread over, smoothly."),
}).meta({ id: "ExponentialSchedule" });

export const exponential: Schedule<typeof params> = {
  kind: "exponential",
  params,
  doc: {
    title: "Exponential decay",
    summary: "Multiplies the rate by the same factor at every step.",
    formula: "η(t) = rate · factor^(t / every)",
    when: "When the rate should cross several orders of magnitude evenly.",
    source: "PyTorch ExponentialLR, Keras ExponentialDecay.",
  },
  example: { kind: "exponential", rate: 0.1, factor: 0.97 },
  bind: ({ rate, factor, every }, context) => {
    const power = powersOf(factor);
    return openLoop(resolveRates(rate, context).map((rate) => (step) => rate * power(step / every)));
  },
  warnings: ({ factor, every }, { horizon }) => {
    const last = factor ** ((horizon - 1) / every);
    return last < 1e-9
      ? [`The rate falls to ${last.toExponential(1)} of its start by the end: most of the run will not move.`]
      : [];
  },
};
