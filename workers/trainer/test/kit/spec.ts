import { type TrainingSpecInput, TrainingSpec } from "@etude/contracts";

/** Returns a complete spec: an MLP on digits for 60 updates, unless told otherwise. */
export const spec = (changes: Partial<TrainingSpecInput> = {}): TrainingSpec =>
  TrainingSpec.parse({
    dataset: { kind: "digits" },
    model: { kind: "mlp", hidden: [32] },
    optimizer: { kind: "adam" },
    schedule: { kind: "cosine", rate: 0.01 },
    budget: { steps: 60 },
    evaluateEvery: 20,
    ...changes,
  });
