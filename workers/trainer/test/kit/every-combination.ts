import type { models, optimizers } from "@etude/catalog";
import type { TrainingSpecInput, TrainingSpec } from "@etude/contracts";
import { spec } from "./spec.ts";

/** Small data that a model can learn. */
const dataFor: Readonly<Record<string, TrainingSpecInput["dataset"]>> = {
  mlp: { kind: "iris" },
  cnn: { kind: "digits" },
  nmf: { kind: "low-rank", rows: 20, columns: 15, rank: 5 },
  "embedding-pool": { kind: "speeches", vocabulary: 500, length: 12, perSpeech: 2 },
  keras: { kind: "iris" },
  transformer: { kind: "moby-dick", length: 16, characters: 5000 },
  recurrent: { kind: "speeches", vocabulary: 500, length: 12, perSpeech: 2 },
  quadratic: { kind: "gradient-noise", dimension: 10, noise: 0.1, examples: 200 },
  rosenbrock: { kind: "gradient-noise", dimension: 4, noise: 0.1, examples: 200 },
};
/** These find their rate by themselves; the schedule's is a factor of it. */
const own = new Set(["dog", "prodigy"]);

/** A short run of a model with an optimizer, on small data that the model can learn. */
export function combination(
  model: (typeof models)[number],
  optimizer: (typeof optimizers)[number],
  changes: Partial<TrainingSpecInput> = {},
): TrainingSpec {
  const dataset = dataFor[model.kind];
  if (!dataset) throw new Error(`name data for model ${model.kind} in ${import.meta.url}`);
  return spec({
    dataset,
    model: model.example as TrainingSpecInput["model"],
    optimizer: optimizer.example as TrainingSpecInput["optimizer"],
    schedule: { kind: "constant", rate: own.has(optimizer.kind) ? 1 : 0.005 },
    budget: { steps: 12 },
    evaluateEvery: 4,
    ...changes,
  });
}
