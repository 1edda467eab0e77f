import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { absoluteRate, decaySteps, parameters, rate, resolveRates } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("linear"),
  rate: rate(),
  finalRate: absoluteRate().default(0).describe("The rate at the end of the line; it may be above `rate`."),
  decaySteps: decaySteps(),
}).meta({ id: "LinearSchedule" });

export const linear: Schedule<typeof params> = {
  kind: "linear",
  params,
  doc: {
    title: "Linear",
    summary: "Goes along a straight line from one rate to another, then stays.",
    formula: "η(t) = rate + (finalRate − rate) · min(t, decaySteps) / decaySteps",
    when: "Linear to zero is hard to beat when the number of steps is known, and needs no other parameter.",
    source: "D2Z, arXiv:2502.15938; PyTorch LinearLR, Transformers get_linear_schedule_with_warmup.",
  },
  example: { kind: "linear", rate: 0.1 },
  bind: ({ rate, finalRate, decaySteps }, context) => {
    const length = decaySteps ?? context.horizon;
    return openLoop(
      resolveRates(rate, context).map((rate) => (step) => {
        const done = Math.min(step, length);
        // Both ends are met exactly, and small rates near the end keep their digits.
        return (rate * (length - done) + finalRate * done) / length;
      }),
    );
  },
};
