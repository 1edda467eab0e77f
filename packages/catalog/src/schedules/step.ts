import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { inside, rate, resolveRates, steps, parameters } from "./_fields.ts";
import { remembered } from "./_formulas.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("step"),
  rate: rate(),
  every: steps().describe("Steps between two drops."),
  factor: inside(0, 1).default(0.1).describe("What the rate is multiplied by at each drop."),
}).meta({ id: "StepSchedule" });

export const step: Schedule<typeof params> = {
  kind: "step",
  params,
  doc: {
    title: "Step decay",
    summary: "Multiplies the rate by a factor every so many steps.",
    formula: "η(t) = rate · factor^⌊t / every⌋",
    when: "When the loss settles at each level before the next drop is worth making; a classic for image models.",
    source: "PyTorch StepLR.",
  },
  example: { kind: "step", rate: 0.1, every: 30, factor: 0.5 },
  bind: ({ rate, every, factor }, context) =>
    openLoop(
      resolveRates(rate, context).map((rate) => {
        const after = remembered((drops) => rate * factor ** drops);
        return (step) => after(Math.floor(step / every));
      }),
    ),
  warnings: ({ every }, { horizon }) =>
    every >= horizon ? [`every (${every}) is not below the run's ${horizon} steps: the rate never drops.`] : [],
};
