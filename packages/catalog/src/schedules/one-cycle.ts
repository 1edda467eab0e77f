import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { above, decaySteps, flag, inside, momenta, parameters, rate, resolveRates, word } from "./_fields.ts";
import { type Curve, openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("one-cycle"),
  rate: rate(),
  decaySteps: decaySteps(),
  riseFraction: inside(0, 1).default(0.3).describe("Share of the cycle spent rising to the peak."),
  shape: word(["cosine", "linear"]).default("cosine").describe("How the rate moves within a phase."),
  startDivisor: above(0, 1e9).default(25).describe("The cycle starts at rate / startDivisor."),
  finalDivisor: above(0, 1e12).default(1e4).describe("The cycle ends at the starting rate / finalDivisor."),
  threePhase: flag().default(false).describe("Fall back to the start symmetrically first, then to the end."),
  momentum: momenta()
    .nullable()
    .default({ low: 0.85, high: 0.95 })
    .describe("Momentum moves against the rate between these; null leaves the optimizer's alone."),
  beyond: word(["hold", "continue"])
    .default("hold")
    .describe("After the end: keep the last rate, or follow the formula, as PyTorch does for one step."),
})
  .superRefine(({ riseFraction, threePhase }, context) => {
    if (threePhase && riseFraction > 0.5) {
      const message = `must be at most 0.5 with threePhase; got ${riseFraction}`;
      context.addIssue({ code: "custom", path: ["riseFraction"], message, input: riseFraction });
    }
  })
  .meta({ id: "OneCycleSchedule" });

interface Phase {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** Returns the curve through the phases; the last one is followed past its end. */
function through(phases: readonly Phase[], shape: "cosine" | "linear"): Curve {
  const last = phases.length - 1;
  return (step) => {
    let index = 0;
    while (index < last && step > phases[index]!.end) index++;
    const { end, from, to } = phases[index]!;
    const start = index === 0 ? 0 : phases[index - 1]!.end;
    // A phase without length is over at once.
    const part = end === start && step === end ? 1 : (step - start) / (end - start);
    return shape === "cosine" ? to + ((from - to) / 2) * (1 + Math.cos(Math.PI * part)) : (to - from) * part + from;
  };
}

export const oneCycle: Schedule<typeof params> = {
  kind: "one-cycle",
  params,
  doc: {
    title: "One cycle",
    summary: "Rises to a high peak, falls far below the start, and moves momentum the other way.",
    formula:
      "rate/startDivisor → rate over riseFraction of the steps, then → rate/startDivisor/finalDivisor; threePhase: back to the start in between",
    when: "For short trainings with a high peak rate (super-convergence).",
    source: "Smith and Topin, arXiv:1708.07120; PyTorch OneCycleLR.",
  },
  example: { kind: "one-cycle", rate: 0.1 },
  bind: (params, context) => {
    const { riseFraction, shape, startDivisor, finalDivisor, threePhase, momentum, beyond } = params;
    const length = params.decaySteps ?? context.horizon;
    const top = riseFraction * length - 1;
    const ends = threePhase ? [top, 2 * riseFraction * length - 2, length - 1] : [top, length - 1];
    const phases = (levels: readonly number[]): Phase[] =>
      ends.map((end, index) => ({ end, from: levels[index]!, to: levels[index + 1]! }));
    const clock: Curve = beyond === "hold" ? (step) => Math.min(step, length - 1) : (step) => step;
    const rates = resolveRates(params.rate, context).map((rate): Curve => {
      const start = rate / startDivisor;
      const last = start / finalDivisor;
      const curve = through(phases(threePhase ? [start, rate, start, last] : [start, rate, last]), shape);
      return (step) => curve(clock(step));
    });
    if (!momentum) return openLoop(rates);
    const { low, high } = momentum;
    const curve = through(phases(threePhase ? [high, low, high, high] : [high, low, high]), shape);
    return openLoop(rates, (step) => Math.min(high, Math.max(low, curve(clock(step)))));
  },
};
