/** The rates that the server gives an external run. */
import { z } from "zod";
import { JsonNumber, RunStatus } from "./run.ts";

export const RateSpec = z
  .strictObject({
    step: z
      .int()
      .min(0)
      .max(2_147_483_646)
      .describe("The update that the rate is for; the first is 0, each is asked in its turn."),
    loss: JsonNumber.optional().describe("Training loss of the update before."),
    evalLoss: JsonNumber.optional().describe("Validation loss, where it was measured after the update before."),
    measured: z
      .strictObject({
        trainLoss: JsonNumber.optional().describe("Loss of this update's batch, at its weights."),
        gradientNorm: JsonNumber.optional().describe("‖g‖₂ of all parameters."),
        directionNorm: JsonNumber.optional().describe(
          "‖d‖₂: the step that the update before really made, over its rate.",
        ),
        alignment: JsonNumber.optional().describe("⟨g, d⟩ of this gradient and that step; 0 at the first update."),
        bound: JsonNumber.optional().describe("The model's stability bound on the rate."),
      })
      .optional()
      .describe("What some kinds need of the update to come; what is missing is named."),
    attempt: z.int().min(1).optional().describe("Refuse the step when the run is at another attempt."),
  })
  .meta({ id: "RateSpec" });

export const GivenRate = z
  .object({
    step: z.int(),
    rate: z.number().describe("Finite, not negative."),
    attempt: z.int(),
    status: RunStatus.describe("`cancelling`: somebody wants the run to stop; finish it."),
  })
  .meta({ id: "GivenRate" });
export type GivenRate = z.output<typeof GivenRate>;
