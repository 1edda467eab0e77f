import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { adamDirection, adamFields, adamSlots } from "./_adam.ts";
import { weightDecay } from "./_params.ts";
import { noDescent, zeroState } from "./_state.ts";

const params = z
  .strictObject({ kind: z.literal("adam"), ...adamFields, weightDecay })
  .meta({ id: "AdamOptimizer", title: "Adam" });

/** Adam with bias correction; weight decay is coupled (added to the gradient). */
export const adam: Optimizer<typeof params> = {
  kind: "adam",
  params,
  doc: {
    title: "Adam",
    summary: "Scales each weight's step by running averages of its gradient and squared gradient.",
    formula:
      "m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  u = (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε);  w ← w − rate · u",
    source: "D. Kingma, J. Ba: Adam, arXiv:1412.6980",
    rate: "The schedule's rate, before Adam's scaling.",
  },
  example: { kind: "adam" },
  supports: { scheduled: true, hypergradient: true, lineSearch: noDescent("adam") },
  bind: (settings) => ({
    coupledDecay: settings.weightDecay,
    start: (tf, weights) => zeroState(tf, adamSlots, weights),
    direction: (tf, input) => adamDirection(tf, input, settings, settings.weightDecay),
  }),
};
