import { z } from "zod";
import type { Dataset, Examples } from "../dataset.ts";
import { randomStream } from "../random.ts";

const params = z
  .strictObject({
    kind: z.literal("gradient-noise"),
    dimension: z.int().min(1).max(100_000).default(50).describe("Coordinates of the point."),
    noise: z
      .number()
      .min(0)
      .max(1e6)
      .default(0)
      .describe("Standard deviation of the noise of one example in each coordinate; a batch of b has noise / √b."),
    examples: z.int().min(1).max(100_000).default(1024).describe("Noise vectors; they sum to zero."),
    dataSeed: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .default(0)
      .describe("Decides the noise; the same for all seeds of a run."),
  })
  .refine(({ dimension, examples }) => dimension * examples <= 20_000_000, {
    path: ["examples"],
    error: "examples times dimension must not be above 20000000",
  })
  .meta({ id: "GradientNoiseDataset", title: "Gradient noise" });

/** What an analytic problem is trained on: normal vectors that are added to its gradient. Validation is without noise. */
export const gradientNoise: Dataset<typeof params> = {
  kind: "gradient-noise",
  task: "minimisation",
  params,
  doc: {
    title: "Gradient noise",
    summary:
      "For the models quadratic and rosenbrock: each example adds its own normal noise to the gradient. With noise 0 the problem is deterministic. The validation loss is the function itself.",
    source: "generated",
    licence: "none needed",
  },
  example: { kind: "gradient-noise", dimension: 20, noise: 0.1, examples: 256 },
  files: [],
  load({ dimension, noise, examples: count, dataSeed }) {
    const random = randomStream(dataSeed, "gradient-noise");
    const values = new Float32Array(count * dimension);
    if (noise > 0) {
      for (let i = 0; i < values.length; i++) values[i] = noise * random.normal();
      for (let j = 0; j < dimension; j++) {
        let mean = 0;
        for (let i = 0; i < count; i++) mean += values[i * dimension + j]! / count;
        for (let i = 0; i < count; i++) values[i * dimension + j]! -= mean;
      }
    }
    const none = new Float32Array(dimension);
    const train: Examples = { count, inputs: values, targets: values };
    const validation: Examples = { count: 1, inputs: none, targets: none };
    return { task: "minimisation", shape: [dimension], outputs: dimension, train, validation };
  },
};
