import { clipFactor, type GradientClip } from "@etude/catalog";
import type { Recorder } from "./recorder.ts";
import type { Counters } from "./counters.ts";
import type { Evaluation } from "./evaluate.ts";
import type { AppliedRates, Updated } from "./update.ts";

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Records what an update measured and applied. `judged`: the schedule is a line search, so forward passes matter. */
export function recordUpdate(
  recorder: Recorder,
  step: number,
  updated: Updated,
  counters: Counters,
  groups: readonly string[],
  judged: boolean,
): void {
  const { measured, rates } = updated;
  recorder.add("train/loss", step, measured.loss);
  recorder.add("gradient-norm", step, measured.gradientNorm);
  if (rates) recordRates(recorder, step, rates, counters, groups);
  if (judged) recorder.add("forward-passes", step, counters.forwardPasses);
}

/** Records the norm that a clipped gradient has left; `gradient-norm` stays that of the gradient as it was. */
export function recordClipped(recorder: Recorder, step: number, { measured }: Updated, clip: GradientClip): void {
  if (!("norm" in clip)) return;
  const { gradientNorm } = measured;
  recorder.add("gradient-norm/clipped", step, gradientNorm * clipFactor(clip.norm, gradientNorm));
}

/**
 * `learning-rate` is what the update used: the only rate, or the mean over groups (over all weights for a rate per
 * parameter), with each group beside it. `learning-rate/planned` begins at the first step where it differs.
 */
function recordRates(
  recorder: Recorder,
  step: number,
  { planned, applied, bound, perGroup, spread, momentum }: AppliedRates,
  counters: Counters,
  groups: readonly string[],
): void {
  recorder.add("learning-rate", step, spread ? spread.mean : mean(applied));
  if (spread) {
    recorder.add("learning-rate/min", step, spread.min);
    recorder.add("learning-rate/median", step, spread.median);
    recorder.add("learning-rate/max", step, spread.max);
  } else if (perGroup) {
    groups.forEach((group, i) => recorder.add(`learning-rate/${group}`, step, applied[i]!));
  }
  counters.plannedDiffers ||= planned.some((rate, i) => rate !== applied[i]);
  if (counters.plannedDiffers) recorder.add("learning-rate/planned", step, mean(planned));
  if (momentum !== undefined) recorder.add("momentum", step, momentum);
  if (bound) {
    recorder.add("bound", step, Math.min(...bound));
    recorder.add("bound-active", step, applied.some((rate, i) => rate < planned[i]! && rate >= bound[i]!) ? 1 : 0);
  }
}

/** Records an evaluation after update `step`. */
export function recordEvaluation(
  recorder: Recorder,
  step: number,
  { loss, metrics }: Evaluation,
  { seconds, examples }: Counters,
): void {
  recorder.add("validation/loss", step, loss);
  for (const [kind, value] of metrics) recorder.add(`validation/${kind}`, step, value);
  recorder.add("elapsed-seconds", step, seconds);
  recorder.add("examples-seen", step, examples);
}
