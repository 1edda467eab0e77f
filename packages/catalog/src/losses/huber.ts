import { z } from "zod";
import type { Loss } from "../loss.ts";
import { huberLoss } from "../models/_losses.ts";

const params = z
  .strictObject({
    kind: z.literal("huber"),
    delta: z.number().positive().default(1).describe("Errors up to this count by their square."),
  })
  .meta({ id: "HuberLoss", title: "Huber" });

/** ½e² up to |e| = δ, δ(|e| − ½δ) beyond. */
export const huber: Loss<typeof params> = {
  kind: "huber",
  params,
  doc: {
    title: "Huber",
    summary: "Square of small errors, size of large ones: outliers pull less.",
    source: "P. Huber: Robust Estimation of a Location Parameter, 1964",
  },
  example: { kind: "huber" },
  tasks: ["regression"],
  compute: (tf, { delta }, outputs, targets) => huberLoss(tf, outputs, targets, delta),
};
