import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { above, absoluteRate, between, decaySteps, floorBelowPeak, parameters, rate, resolveRates } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("cosine-restarts"),
  rate: rate(),
  minRate: absoluteRate().default(0).describe("The rate that each cycle falls towards."),
  period: above(0, 1e9).optional().describe("Steps of the first cycle; cycles then go on for ever."),
  cycles: above(0, 1e6)
    .optional()
    .describe("Cycles until the end of the curve, instead of `period`; 3 without either."),
  decaySteps: decaySteps(),
  multiplier: between(1, 100).default(1).describe("Each cycle is this many times longer than the one before."),
  peakFactor: above(0, 1).default(1).describe("Each restart reaches this share of the peak before."),
})
  .superRefine(floorBelowPeak)
  .superRefine(({ period, cycles, decaySteps }, context) => {
    if (period === undefined) return;
    for (const [name, value] of Object.entries({ cycles, decaySteps })) {
      if (value === undefined) continue;
      const message = `must be absent where period is given; got ${value}`;
      context.addIssue({ code: "custom", path: [name], message, input: value });
    }
  })
  .meta({ id: "CosineRestartsSchedule" });

/** Returns the cycle that a step lies in and how far it is, 0 to 1. Cycle n starts at first·(m^n − 1)/(m − 1). */
function position(step: number, first: number, multiplier: number): { readonly cycle: number; readonly part: number } {
  if (multiplier === 1) return { cycle: Math.floor(step / first), part: (step % first) / first };
  const startOf = (cycle: number): number => (first * (multiplier ** cycle - 1)) / (multiplier - 1);
  let cycle = Math.floor(Math.log1p((step / first) * (multiplier - 1)) / Math.log(multiplier));
  // The logarithm may round to the wrong side of a restart.
  if (startOf(cycle + 1) <= step) cycle++;
  else if (startOf(cycle) > step) cycle--;
  return { cycle, part: (step - startOf(cycle)) / (first * multiplier ** cycle) };
}

export const cosineRestarts: Schedule<typeof params> = {
  kind: "cosine-restarts",
  params,
  doc: {
    title: "Cosine with warm restarts",
    summary: "Falls along half a cosine, jumps back to the peak, and does so again and again.",
    formula: "η(t) = minRate + (rate − minRate) · peakFactorⁱ · ½(1 + cos(π · t_i / T_i)), T_i = period · multiplierⁱ",
    when: "When several good models along one run are wanted, or the end of the run is open.",
    source:
      "SGDR, arXiv:1608.03983; PyTorch CosineAnnealingWarmRestarts, Transformers cosine with hard restarts, Keras CosineDecayRestarts.",
  },
  example: { kind: "cosine-restarts", rate: 0.1, period: 20, multiplier: 2 },
  bind: (params, context) => {
    const { minRate, multiplier, peakFactor } = params;
    const length = params.decaySteps ?? context.horizon;
    const cycles = params.cycles ?? 3;
    const stretched = params.period === undefined && multiplier !== 1;
    const period = stretched ? (length * (multiplier - 1)) / (multiplier ** cycles - 1) : params.period;
    const ends = params.period === undefined ? length : Number.POSITIVE_INFINITY;
    const where =
      period === undefined
        ? (step: number) => {
            // Transformers' order of operations, so that restarts fall on the same steps.
            const turns = cycles * (step / length);
            return { cycle: Math.floor(turns), part: turns % 1 };
          }
        : (step: number) => position(step, period, multiplier);
    return openLoop(
      resolveRates(params.rate, context).map((rate) => (step) => {
        if (step >= ends) return minRate;
        const { cycle, part } = where(step);
        return minRate + (rate - minRate) * peakFactor ** cycle * 0.5 * (1 + Math.cos(Math.PI * part));
      }),
    );
  },
};
