import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { above, absoluteRate, decaySteps, floorBelowPeak, rate, resolveRates, word, parameters } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("cosine"),
  rate: rate(),
  minRate: absoluteRate().default(0).describe("The rate at the end of the curve."),
  decaySteps: decaySteps(),
  cycles: above(0, 1e6).default(0.5).describe("Whole cosine waves in the curve; 0.5 goes down once."),
  beyond: word(["hold", "continue"])
    .default("hold")
    .describe("After the end: keep the last rate, or follow the wave (it rises again), as PyTorch does."),
})
  .superRefine(floorBelowPeak)
  .meta({ id: "CosineSchedule" });

export const cosine: Schedule<typeof params> = {
  kind: "cosine",
  params,
  doc: {
    title: "Cosine",
    summary: "Falls along half a cosine wave from the peak to the floor.",
    formula: "η(t) = minRate + (rate − minRate) · ½(1 + cos(2π · cycles · t / decaySteps))",
    when: "The usual choice when the number of steps is known in advance.",
    source: "Loshchilov and Hutter, arXiv:1608.03983; PyTorch CosineAnnealingLR, Transformers get_cosine_schedule.",
  },
  example: { kind: "cosine", rate: 0.1, minRate: 0.001 },
  bind: ({ rate, minRate, decaySteps, cycles, beyond }, context) => {
    const length = decaySteps ?? context.horizon;
    const wave = 2 * Math.PI * cycles;
    const last = beyond === "hold" ? length : Number.POSITIVE_INFINITY;
    return openLoop(
      resolveRates(rate, context).map((rate) => {
        const half = 0.5 * (rate - minRate);
        return (step) => minRate + half * (1 + Math.cos(wave * (Math.min(step, last) / length)));
      }),
    );
  },
  warnings: ({ decaySteps }, { horizon }) =>
    decaySteps !== undefined && decaySteps > horizon
      ? [`decaySteps (${decaySteps}) is past the run's ${horizon} steps: the rate never reaches minRate.`]
      : [],
};
