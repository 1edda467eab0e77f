import type { RunSummary } from "@etude/contracts";
import { noSeconds, type PhaseSeconds } from "./stopwatch.ts";

/** Totals of a run over all its attempts; plain numbers and booleans, kept in checkpoints. */
export interface Counters {
  /** Training time, waiting excluded when the process was away. */
  seconds: number;
  /** Where that time went. */
  phases: PhaseSeconds;
  examples: number;
  forwardPasses: number;
  plannedDiffers: boolean;
  firstLoss: number | null;
  lastLoss: number | null;
  lastValidationLoss: number | null;
  bestValidationLoss: number | null;
  bestStep: number | null;
  lastAccuracy: number | null;
  bestAccuracy: number | null;
  /** The validation loss that patience waits to see undercut, and the evaluations since it was reached. */
  patienceBest: number | null;
  evaluationsSinceBest: number;
}

export const freshCounters = (): Counters => ({
  seconds: 0,
  phases: noSeconds(),
  examples: 0,
  forwardPasses: 0,
  plannedDiffers: false,
  firstLoss: null,
  lastLoss: null,
  lastValidationLoss: null,
  bestValidationLoss: null,
  bestStep: null,
  lastAccuracy: null,
  bestAccuracy: null,
  patienceBest: null,
  evaluationsSinceBest: 0,
});

/** Notes an evaluation after update `step`; a loss that is not a number is never the best. */
export function countEvaluation(counters: Counters, step: number, loss: number, accuracy: number | undefined): void {
  counters.lastValidationLoss = loss;
  if (counters.bestValidationLoss === null || loss < counters.bestValidationLoss) {
    if (!Number.isNaN(loss)) {
      counters.bestValidationLoss = loss;
      counters.bestStep = step;
    }
  }
  if (accuracy === undefined) return;
  counters.lastAccuracy = accuracy;
  counters.bestAccuracy = Math.max(counters.bestAccuracy ?? 0, accuracy);
}

type Numeric = NonNullable<RunSummary["finalTrainLoss"]>;
const json = (value: number): Numeric => (Number.isFinite(value) ? value : (String(value) as Numeric));

/** Returns how the run stands after `steps` updates. */
export function summarise(counters: Counters, steps: number): RunSummary {
  const { seconds, lastLoss, lastValidationLoss, bestValidationLoss, bestStep, lastAccuracy, bestAccuracy } = counters;
  return {
    steps,
    ...(lastLoss !== null && { finalTrainLoss: json(lastLoss) }),
    ...(lastValidationLoss !== null && { finalValidationLoss: json(lastValidationLoss) }),
    ...(bestValidationLoss !== null && { bestValidationLoss: json(bestValidationLoss) }),
    ...(bestStep !== null && { bestStep }),
    ...(lastAccuracy !== null && { finalAccuracy: json(lastAccuracy) }),
    ...(bestAccuracy !== null && { bestAccuracy: json(bestAccuracy) }),
    seconds,
    stepsPerSecond: seconds > 0 ? steps / seconds : 0,
  };
}
