/** What a recorded curve of training losses says about its run. */
import { type EvidenceOutcome, toJsonNumber } from "@etude/contracts";
import { stepsToTarget } from "@etude/curves";

/** Targets of `stepsTo`, as parts of the first loss. */
const targetParts = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

/** A curve by points; or by buckets, where `losses` are their means, `lowest` their minima and `weights` their counts. */
export interface LossCurve {
  readonly steps: ArrayLike<number>;
  readonly losses: ArrayLike<number>;
  readonly lowest?: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}

type CurveOutcome = Pick<
  EvidenceOutcome,
  "finalTrainLoss" | "bestTrainLoss" | "tailTrainLoss" | "stepsTo" | "areaLogLoss" | "diverged"
>;

/** Weighted mean of the entries from `first` on. */
function meanFrom(values: ArrayLike<number>, first: number, weights: ArrayLike<number> | undefined): number {
  let [sum, total] = [0, 0];
  for (let i = first; i < values.length; i += 1) {
    const weight = weights?.[i] ?? 1;
    sum += values[i]! * weight;
    total += weight;
  }
  return sum / total;
}

/**
 * Returns the parts of an outcome that the curve tells. `tailTrainLoss` is the mean over the last tenth of the steps,
 * `areaLogLoss` the mean of ln(loss), null where a loss is not positive. A curve that ends in no finite number, or is said
 * to have `diverged`, has infinite losses. Throws a RangeError for an empty curve.
 */
export function outcomeOfCurve({ steps, losses, lowest = losses, weights }: LossCurve, diverged = false): CurveOutcome {
  const n = losses.length;
  if (n === 0) throw new RangeError("a curve needs at least one point; got none");
  const [start, last, first] = [losses[0]!, losses[n - 1]!, steps[0]!];
  const tailFrom = steps[n - 1]! - (steps[n - 1]! - first) / 10;
  const tail = Array.from({ length: n }, (_, i) => i).find((i) => steps[i]! >= tailFrom) ?? n - 1;
  const lost = diverged || !Number.isFinite(last);
  const best = Array.from(lowest)
    .filter(Number.isFinite)
    .reduce((a, b) => Math.min(a, b), Infinity);
  const positive = Array.from(losses).every((loss) => loss > 0 && loss < Infinity);
  const logs = Array.from(losses, Math.log);
  return {
    finalTrainLoss: lost ? "Infinity" : last,
    bestTrainLoss: toJsonNumber(best),
    tailTrainLoss: lost ? "Infinity" : toJsonNumber(meanFrom(losses, tail, weights)),
    stepsTo:
      start > 0 && Number.isFinite(start)
        ? targetParts.map((part) => ({ target: part * start, step: stepsToTarget(steps, lowest, part * start) }))
        : [],
    areaLogLoss: positive ? meanFrom(logs, 0, weights) : null,
    diverged: lost,
  };
}
