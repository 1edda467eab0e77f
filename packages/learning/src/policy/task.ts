/** What a policy is trained on: problems whose well-tuned outcome is known. */
import { ScheduleSpec } from "@etude/catalog";
import type { Problem } from "../engine/problem.ts";
import { train } from "../engine/train.ts";

/** A problem with what a cosine schedule reaches on it at its best rate. */
export interface PolicyTask {
  readonly problem: Problem;
  /** Peak of the best cosine; for a problem with a stability bound, in multiples of the bound at the start. */
  readonly referenceRate: number;
  /** Whole training loss at the end under it. */
  readonly referenceLoss: number;
  /** Whole training loss before the first update. */
  readonly startLoss: number;
}

/** Half decades: rates from 1e-5 to 10; shares of the bound from 0.01 to 10. */
const exponents = { rate: [-10, 2], share: [-4, 2] } as const;

/**
 * Returns the problem as a task: the rate of cosine is searched upwards over half decades, until it gets worse three
 * times in a row. Undefined where no rate takes 2 % off the loss.
 */
export function taskOf(problem: Problem, seed: number): PolicyTask | undefined {
  const start = problem.start(seed);
  const startLoss = start.trainLoss();
  const [lowest, highest] = start.bound ? exponents.share : exponents.rate;
  let best: { rate: number; loss: number } | undefined;
  let worse = 0;
  for (let at: number = lowest; at <= highest && worse < 3; at++) {
    const rate = 10 ** (at / 2);
    const schedule = ScheduleSpec.parse({ kind: "cosine", rate: start.bound ? { ofBound: rate } : rate });
    const loss = train(problem, { schedule, seed }).finalTrainLoss;
    if (loss < (best?.loss ?? startLoss)) {
      best = { rate, loss };
      worse = 0;
    } else if (best || loss === Infinity) worse++;
  }
  if (!best || !(best.loss < 0.98 * startLoss)) return undefined;
  return { problem, referenceRate: best.rate, referenceLoss: best.loss, startLoss };
}
