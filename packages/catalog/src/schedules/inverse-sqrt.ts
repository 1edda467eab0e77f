import { z } from "zod";
import type { Schedule } from "../schedule.ts";
import { above, parameters, rate, resolveRates, steps } from "./_fields.ts";
import { openLoop } from "./_open-loop.ts";

const params = parameters({
  kind: z.literal("inverse-sqrt"),
  rate: rate(),
  timescale: above(0, 1e9).optional().describe("Steps until the argument has doubled; absent: a tenth of the run."),
  power: above(0, 10).default(0.5).describe("0.5 is the inverse square root, 1 the inverse time decay of Keras."),
  every: steps().default(1).describe("The rate changes only every so many steps (a staircase)."),
}).meta({ id: "InverseSqrtSchedule" });

export const inverseSqrt: Schedule<typeof params> = {
  kind: "inverse-sqrt",
  params,
  doc: {
    title: "Inverse square root",
    summary: "Falls as one over the square root of the steps (or another power), without ever reaching zero.",
    formula: "η(t) = rate · (1 + every · ⌊t / every⌋ / timescale)^−power",
    when: "For runs without a fixed end; use a warmup before it and a tail when the end is decided.",
    source: "Transformers get_inverse_sqrt_schedule; Keras InverseTimeDecay (power 1).",
  },
  example: { kind: "inverse-sqrt", rate: 0.1, timescale: 10 },
  bind: ({ rate, timescale, power, every }, context) => {
    const scale = timescale ?? context.horizon / 10;
    const shrunk = power === 0.5 ? (x: number) => 1 / Math.sqrt(x) : (x: number) => x ** -power;
    return openLoop(
      resolveRates(rate, context).map(
        (rate) => (step) => rate * shrunk(1 + (every === 1 ? step : every * Math.floor(step / every)) / scale),
      ),
    );
  },
};
