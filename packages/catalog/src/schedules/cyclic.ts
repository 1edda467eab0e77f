import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import {
  above,
  absoluteRate,
  floorBelowPeak,
  inside,
  momenta,
  parameters,
  rate,
  resolveRates,
  word,
} from "./_fields.ts";
import { powersOf, remembered } from "./_formulas.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("cyclic"),
  rate: rate(),
  minRate: absoluteRate().describe("The rate that each cycle starts and ends at."),
  stepsUp: above(0, 1e9).describe("Steps from the lowest to the highest rate."),
  stepsDown: above(0, 1e9).optional().describe("Steps back; absent: as many as up."),
  mode: word(["triangular", "triangular2", "exp-range"])
    .default("triangular")
    .describe("triangular2 halves the height each cycle; exp-range shrinks it by `factor` each step."),
  factor: inside(0, 1).default(0.999).describe("exp-range only: what the height is multiplied by at each step."),
  momentum: momenta()
    .nullable()
    .default(null)
    .describe("Momentum moves against the rate between these; null leaves the optimizer's alone."),
})
  .superRefine(floorBelowPeak)
  .meta({ id: "CyclicSchedule" });

export const cyclic: Schedule<typeof params> = {
  kind: "cyclic",
  params,
  doc: {
    title: "Cyclic",
    summary: "Goes up and down between two rates in triangles, of one height or shrinking.",
    formula: "η(t) = minRate + (rate − minRate) · triangle(t) · φ, φ = 1, 2^−cycle or factor^t",
    when: "To find a workable range of rates, or to keep exploring when the end of the run is open.",
    source: "Smith, arXiv:1506.01186; PyTorch CyclicLR.",
  },
  example: { kind: "cyclic", rate: 0.1, minRate: 0.01, stepsUp: 20, mode: "triangular2" },
  bind: ({ rate, minRate, stepsUp, stepsDown, mode, factor, momentum }, context) => {
    const total = stepsUp + (stepsDown ?? stepsUp);
    const ratio = stepsUp / total;
    const halved = remembered((cycle) => 0.5 ** (cycle - 1));
    const power = powersOf(factor);
    /** Height above the bottom, 1 at the first peak. PyTorch's order of operations. */
    const height = (step: number): number => {
      const cycle = Math.floor(1 + step / total);
      const x = 1 + step / total - cycle;
      const scale = x <= ratio ? x / ratio : (x - 1) / (ratio - 1);
      if (mode === "triangular") return scale;
      return scale * (mode === "triangular2" ? halved(cycle) : power(step));
    };
    const rates = resolveRates(rate, context).map(
      (rate) => (step: number) => minRate + (rate - minRate) * height(step),
    );
    if (!momentum) return openLoop(rates);
    return openLoop(rates, (step) => momentum.high - (momentum.high - momentum.low) * height(step));
  },
};
