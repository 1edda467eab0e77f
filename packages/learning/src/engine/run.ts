import type { Before, OptimizerSpec } from "@etude/catalog";
import type { Problem } from "./problem.ts";
import { type Plan, Updater } from "./updater.ts";

/** A run counts as diverged once a batch's loss exceeds this multiple of the first one's size. */
export const divergesAbove = 1e6;

export interface RunOptions {
  /** Absent: the problem's own. */
  readonly optimizer?: OptimizerSpec | undefined;
  /** Decides initial weights, order and noise. */
  readonly seed: number;
  /** Whether rates are cut at the problem's stability bound, where it has one; true when absent. */
  readonly clipToBound?: boolean | undefined;
}

/** Losses of a diverged run are infinite. */
const finiteOrInfinite = (loss: number): number => (Number.isFinite(loss) ? loss : Infinity);

/** One run of a problem, whoever plans its rates. */
export class Run {
  readonly updater: Updater;
  /** The update whose loss or gradient ended the run; undefined while all is well. */
  divergedAt: number | undefined;
  #largest = Infinity;

  constructor(problem: Problem, options: RunOptions) {
    this.updater = new Updater(problem, {
      optimizer: options.optimizer ?? problem.optimizer,
      seed: options.seed,
      clipToBound: options.clipToBound ?? true,
    });
  }

  /**
   * Makes the next update with the rate that `plan` names and returns its batch's loss, taken before the weights move.
   * Nothing moves when loss or gradient are not finite or the loss is above `divergesAbove` times the first one's size.
   */
  update(plan: (before: Before, loss: number) => Plan): number {
    const { updater } = this;
    const { loss, finite, before } = updater.measure();
    if (updater.step === 0) this.#largest = divergesAbove * Math.abs(loss);
    if (!finite || loss > this.#largest) this.divergedAt = updater.step;
    else updater.apply(plan(before, loss));
    return loss;
  }

  /** The training objective without noise; of a schedule-free method at its average. Infinity after a divergence. */
  trainLoss(): number {
    if (this.divergedAt !== undefined) return Infinity;
    return finiteOrInfinite(this.#judged(() => this.updater.instance.trainLoss()));
  }

  /** Loss and accuracy on held-out data; undefined where the problem has none. */
  validation(): { readonly loss: number; readonly accuracy?: number } | undefined {
    const { instance } = this.updater;
    if (!instance.validation) return undefined;
    if (this.divergedAt !== undefined) return { loss: Infinity };
    const found = this.#judged(() => instance.validation!());
    return Number.isFinite(found.loss) ? found : { loss: Infinity };
  }

  /** Evaluates with the weights that the method is judged by. */
  #judged<Found>(evaluate: () => Found): Found {
    const { weights } = this.updater.instance;
    const { evaluationWeights } = this.updater.optimizer;
    if (!evaluationWeights) return evaluate();
    const trained = weights.map((weight) => weight.slice());
    weights.forEach((weight, index) => weight.set(evaluationWeights[index]!));
    const found = evaluate();
    weights.forEach((weight, index) => weight.set(trained[index]!));
    return found;
  }
}
