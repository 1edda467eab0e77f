import type { Problem } from "./problem.ts";
import { Run, type RunOptions } from "./run.ts";

/** A run whose caller names the rate of every update, such as an environment of reinforcement learning. */
export interface Training {
  /** Updates made. */
  readonly made: number;
  /** Updates of the whole run. */
  readonly steps: number;
  readonly diverged: boolean;
  /** Makes one update and returns its batch's loss, taken before the weights move. Infinity once the run has diverged. */
  step(rate: number): number;
  /** The rate that the last update applied, after clipping; the mean over groups. */
  readonly applied: number;
  /** The smallest stability bound of the groups at the current weights; undefined where the problem knows none. */
  bound(): number | undefined;
  /** The training objective without noise. */
  trainLoss(): number;
  /** Loss and accuracy on held-out data; undefined where the problem has none. */
  validation(): { readonly loss: number; readonly accuracy?: number } | undefined;
}

/** Opens a run that is led step by step. */
export function openTraining(
  problem: Problem,
  { steps = problem.steps, ...options }: RunOptions & { readonly steps?: number | undefined },
): Training {
  const run = new Run(problem, options);
  const { updater } = run;
  return {
    get made() {
      return updater.step;
    },
    steps,
    get diverged() {
      return run.divergedAt !== undefined;
    },
    step: (rate) => (run.divergedAt === undefined ? run.update(() => ({ rate })) : Infinity),
    get applied() {
      return updater.rate;
    },
    bound() {
      const bounds = updater.bounds();
      return bounds && Math.min(...bounds);
    },
    trainLoss: () => run.trainLoss(),
    validation: () => run.validation(),
  };
}
