import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { inside, list, parameters, rate, resolveRates, whole } from "./_fields.ts";
import { remembered } from "./_formulas.ts";
import { openLoop } from "./_open-loop.ts";
import { reachedBy } from "./_search.ts";

const params = parameters({
  kind: z.literal("multistep"),
  rate: rate(),
  milestones: list(whole(0, 1_000_000_000), 1, 1000, "whole numbers").describe(
    "Steps of the drops, in order; one that is named twice drops twice.",
  ),
  factor: inside(0, 1).default(0.1).describe("What the rate is multiplied by at each drop."),
})
  .superRefine(({ milestones }, context) => {
    const wrong = milestones.findIndex((at, index) => index > 0 && at < milestones[index - 1]!);
    if (wrong < 0) return;
    context.addIssue({
      code: "custom",
      path: ["milestones", wrong],
      message: `must not be below the milestone before it (${milestones[wrong - 1]}); got ${milestones[wrong]}`,
      input: milestones[wrong],
    });
  })
  .meta({ id: "MultistepSchedule" });

export const multistep: Schedule<typeof params> = {
  kind: "multistep",
  params,
  doc: {
    title: "Multi-step decay",
    summary: "Multiplies the rate by a factor at each of the named steps.",
    formula: "η(t) = rate · factor^#{m ∈ milestones : m ≤ t}",
    when: "When the places of the drops are known, as in published image recipes.",
    source: "PyTorch MultiStepLR.",
  },
  example: { kind: "multistep", rate: 0.1, milestones: [40, 70, 90], factor: 0.3 },
  bind: ({ rate, milestones, factor }, context) =>
    openLoop(
      resolveRates(rate, context).map((rate) => {
        const after = remembered((drops) => rate * factor ** drops);
        return (step) => after(reachedBy(milestones, step));
      }),
    ),
  warnings: ({ milestones }, { horizon }) => {
    const late = milestones.filter((at) => at >= horizon);
    return late.length > 0 ? [`Milestones ${late.join(", ")} are past the run's ${horizon} steps: no drop there.`] : [];
  },
};
