import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { above, absoluteRate, decaySteps, flag, parameters, rate, resolveRates } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("polynomial"),
  rate: rate(),
  finalRate: absoluteRate().default(0).describe("The rate at the end of the curve."),
  power: above(0, 100).default(2).describe("1 is a straight line; above it the fall is fast first."),
  decaySteps: decaySteps(),
  cycle: flag()
    .default(false)
    .describe(
      "After the end, stretch the curve to the next multiple of decaySteps, as Keras does, instead of holding.",
    ),
}).meta({ id: "PolynomialSchedule" });

export const polynomial: Schedule<typeof params> = {
  kind: "polynomial",
  params,
  doc: {
    title: "Polynomial decay",
    summary: "Falls from the peak to the final rate along a power of the part that is left.",
    formula: "η(t) = finalRate + (rate − finalRate) · (1 − min(t, decaySteps) / decaySteps)^power",
    when: "For segmentation models and other recipes that ask for it; power tunes how early the rate falls.",
    source: "PyTorch PolynomialLR, Transformers get_polynomial_decay_schedule_with_warmup, Keras PolynomialDecay.",
  },
  example: { kind: "polynomial", rate: 0.1, power: 2, finalRate: 0.001 },
  bind: ({ rate, finalRate, power, decaySteps, cycle }, context) => {
    const length = decaySteps ?? context.horizon;
    return openLoop(
      resolveRates(rate, context).map((rate) => (step) => {
        const end = cycle ? length * Math.max(1, Math.ceil(step / length)) : length;
        const left = (end - Math.min(step, end)) / end;
        return (rate - finalRate) * left ** power + finalRate;
      }),
    );
  },
};
