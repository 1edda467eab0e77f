import { bindSchedule, type OptimizerSpec, type ScheduleSpec } from "@etude/catalog";
import { openTraining } from "../engine/open-training.ts";
import type { Problem } from "../engine/problem.ts";
import { train } from "../engine/train.ts";
import { cooledStages } from "./observation.ts";
import type { Trial } from "./run-sweep.ts";

export interface EngineTrialOptions {
  readonly schedule: ScheduleSpec;
  readonly seed: number;
  readonly steps?: number | undefined;
  readonly optimizer?: OptimizerSpec | undefined;
  /** Times that it tells how it is doing, the end included. */
  readonly reports?: number;
}

/**
 * Begins a training of the array engine for a sweep. A schedule that only follows the step reports on its way; one that
 * reacts to the training is trained as a whole and reports once.
 */
export function engineTrial(problem: Problem, options: EngineTrialOptions): Trial {
  const { schedule, seed, optimizer, steps = problem.steps, reports = 10 } = options;
  const { groups, stepsPerEpoch } = problem;
  const bound = bindSchedule(schedule, { horizon: steps, groups, stepsPerEpoch });
  const { before, trainLoss, evalLoss, judge } = bound.needs;
  const reacts = before.length > 0 || trainLoss || evalLoss || judge;
  if (reacts) {
    let told = false;
    return {
      advance() {
        if (told) return undefined;
        told = true;
        return { step: steps, value: train(problem, { schedule, seed, steps, optimizer }).finalTrainLoss, cooled: 1 };
      },
    };
  }
  const training = openTraining(problem, { seed, steps, optimizer });
  const stretch = Math.max(1, Math.floor(steps / reports));
  const rates: number[] = [];
  let state = bound.start();
  return {
    advance() {
      if (training.made >= steps || training.diverged) return undefined;
      do {
        const planned = bound.plan(state, training.made, {});
        state = planned.state;
        // A rate a group or a weight comes only from schedules that react.
        const rate = planned.rate as number;
        rates.push(rate);
        training.step(rate);
      } while (training.made % stretch !== 0 && training.made < steps && !training.diverged);
      return { step: training.made, value: training.trainLoss(), cooled: cooledStages(rates).at(-1)! };
    },
  };
}
