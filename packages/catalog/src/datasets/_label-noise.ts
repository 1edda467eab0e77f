import { z } from "zod";
import type { Examples } from "../dataset.ts";
import { randomStream } from "../random.ts";

export const labelNoise = z
  .number()
  .min(0)
  .max(1)
  .default(0)
  .describe("Share of the training labels that are replaced by a class drawn at random; validation keeps its own.");

/** Returns the examples with a share of their labels drawn anew, uniformly over all classes. */
export function noisyLabels(examples: Examples, classes: number, share: number, seed: number): Examples {
  if (share === 0) return examples;
  const random = randomStream(seed, "label-noise");
  const targets = examples.targets.map((label) => {
    const [draw, other] = [random.uniform(), Math.floor(random.uniform() * classes)];
    return draw < share ? other : label;
  });
  return { ...examples, targets };
}
