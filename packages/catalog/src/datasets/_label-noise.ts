import { z } from "zod";
import type { Examples } from "../dataset.ts";
import { randomStream } from "../random.ts";

export const labelNoise = z
  .number()
  .min(0)
  .max(1)
  .default(0)
  .describe("Share of the training labels that are replaced by a class drawn at random; validation keeps its own.");

/** For datasets that had none at first: absent in the specs of earlier runs, and 0 then. */
export const optionalLabelNoise = labelNoise.unwrap().optional().describe(labelNoise.description!);

/** Returns the examples with a share of their labels drawn anew, uniformly over all classes. */
export function noisyLabels(examples: Examples, classes: number, share: number | undefined, seed: number): Examples {
  if (!share) return examples;
  const random = randomStream(seed, "label-noise");
  const targets = examples.targets.map((label) => {
    const [draw, other] = [random.uniform(), Math.floor(random.uniform() * classes)];
    return draw < share ? other : label;
  });
  return { ...examples, targets };
}
