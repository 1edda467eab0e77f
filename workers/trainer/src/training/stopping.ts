import type { TrainingSpec } from "@etude/contracts";
import type { Counters } from "./counters.ts";
import type { Evaluation } from "./evaluate.ts";

/** Notes an evaluation and returns whether the run stops after it: a target is reached, or patience is at its end. */
export function stopsAfter(
  { lossBelow, metricAbove, patience }: TrainingSpec["stop"],
  { loss, metrics }: Evaluation,
  counters: Counters,
): boolean {
  const best = counters.patienceBest;
  if (best === null || loss < best - (patience?.minDelta ?? 0)) {
    counters.patienceBest = loss;
    counters.evaluationsSinceBest = 0;
  } else counters.evaluationsSinceBest++;
  return (
    (lossBelow !== undefined && loss < lossBelow) ||
    (metricAbove !== undefined && metrics.get(metricAbove.metric)! > metricAbove.value) ||
    (patience !== undefined && counters.evaluationsSinceBest >= patience.evaluations)
  );
}
