import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { above, absoluteRate, between, decaySteps, floorBelowPeak, parameters, rate, resolveRates } from "./_fields.ts";
import { remembered } from "./_formulas.ts";
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

interface Cycle {
  readonly number: number;
  readonly start: number;
  readonly length: number;
}

/** Returns a function from a step to its cycle; cycle n starts at first · (multiplier^n − 1) / (multiplier − 1). */
function cyclesOf(first: number, multiplier: number): (step: number) => Cycle {
  const cycleOf = (number: number): Cycle =>
    multiplier === 1
      ? { number, start: number * first, length: first }
      : {
          number,
          start: (first * (multiplier ** number - 1)) / (multiplier - 1),
          length: first * multiplier ** number,
        };
  const numberAt = (step: number): number =>
    multiplier === 1
      ? Math.floor(step / first)
      : Math.floor(Math.log1p((step / first) * (multiplier - 1)) / Math.log(multiplier));
  let current = cycleOf(0);
  return (step) => {
    if (step >= current.start && step < current.start + current.length) return current;
    current = cycleOf(numberAt(step));
    // The quotient or the logarithm may round to the wrong side of a restart.
    if (step < current.start) current = cycleOf(current.number - 1);
    else if (step >= current.start + current.length) current = cycleOf(current.number + 1);
    return current;
  };
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
    const peaks = remembered((cycle) => peakFactor ** cycle);
    const rates = resolveRates(params.rate, context);
    const at = (rate: number, cycle: number, part: number): number =>
      minRate + (rate - minRate) * peaks(cycle) * 0.5 * (1 + Math.cos(Math.PI * part));
    if (period === undefined) {
      return openLoop(
        rates.map((rate) => (step) => {
          // Transformers' order of operations, so that restarts fall on the same steps.
          const turns = cycles * (step / length);
          return step >= length ? minRate : at(rate, Math.floor(turns), turns % 1);
        }),
      );
    }
    const ends = stretched ? length : Number.POSITIVE_INFINITY;
    const cycleAt = cyclesOf(period, multiplier);
    return openLoop(
      rates.map((rate) => (step) => {
        if (step >= ends) return minRate;
        const cycle = cycleAt(step);
        return at(rate, cycle.number, (step - cycle.start) / cycle.length);
      }),
    );
  },
};
