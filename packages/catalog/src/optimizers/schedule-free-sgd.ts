import { z } from "zod";
import type { Optimizer } from "../optimizer.ts";
import { decayed } from "./_decay.ts";
import { ownRate } from "./_own-rate.ts";
import { beta, weightDecay } from "./_params.ts";
import { scheduleFreeAverages, scheduleFreeDirection, scheduleFreeStart } from "./_schedule-free.ts";

const params = z
  .strictObject({
    kind: z.literal("schedule-free-sgd"),
    beta: beta(0.9, "Share β of the average in the point where gradients are taken."),
    weightDecay,
  })
  .meta({ id: "ScheduleFreeSgdOptimizer", title: "Schedule-free SGD" });

const kind = "schedule-free-sgd";

/** SGD whose average replaces the schedule; evaluated at the average. */
export const scheduleFreeSgd: Optimizer<typeof params> = {
  kind,
  params,
  doc: {
    title: "Schedule-free SGD",
    summary: "Takes gradients between an SGD sequence and its average; the average needs no schedule.",
    formula: "y = (1 − β)z + βx;  z ← z − rate · ∇f(y);  x ← (1 − 1/t)x + z/t",
    source: "A. Defazio et al.: The road less scheduled, arXiv:2405.15682",
    rate: "The constant rate of the sequence z. The training loss is that of y, the validation loss that of x.",
  },
  example: { kind },
  supports: ownRate(kind),
  bind: ({ beta: share, weightDecay: decay }) => ({
    coupledDecay: decay,
    start: scheduleFreeStart,
    direction(tf, input) {
      const gradients = input.gradients.map((g, i) => decayed(tf, g, input.weights[i]!.value, decay));
      return scheduleFreeDirection(tf, kind, input, gradients, share);
    },
    evaluationWeights: scheduleFreeAverages,
  }),
};
