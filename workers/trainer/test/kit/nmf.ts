import type { TrainingSpecInput } from "@etude/contracts";
import { spec } from "./spec.ts";

type Nmf = Extract<TrainingSpecInput["model"], { kind: "nmf" }>;
export const matrix = { kind: "low-rank", rows: 40, columns: 60, rank: 5 } as const;

/** Returns full-batch gradient descent on a 40 × 60 matrix of rank 5; boundShare 0.5 makes the recorded bound 1 / L. */
export const nmf = (
  model: Omit<Nmf, "kind">,
  rate: number | { ofBound: number },
  steps: number,
): ReturnType<typeof spec> =>
  spec({
    dataset: matrix,
    model: { kind: "nmf", rank: 5, boundShare: 0.5, ...model },
    optimizer: { kind: "sgd" },
    schedule: { kind: "constant", rate },
    batchSize: 40,
    budget: { steps },
    evaluateEvery: steps,
  });

/** Returns the first step whose loss is above the one before by more than float32's rounding, or undefined. */
export const firstRise = (losses: readonly number[]): number | undefined => {
  const at = losses.findIndex((loss, k) => k > 0 && loss > losses[k - 1]! * (1 + 2e-6) + 1e-9);
  return at < 0 ? undefined : at;
};
