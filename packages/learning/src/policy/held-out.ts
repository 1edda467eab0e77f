/** How good a policy is on tasks that it was not trained on, without sampling. */
import { chosenAction, type PolicyWeights, ScheduleSpec } from "@etude/catalog";
import type { PolicySample } from "@etude/contracts";
import { train } from "../engine/train.ts";
import { playEpisode, type PolicyShape } from "./episode.ts";
import type { PolicyTask } from "./task.ts";

/** Multiples of the well-tuned rate that runs start from, task by task in turn. */
export const startFactors: readonly number[] = [0.01, 0.1, 1, 3];

/** A fall of the log loss counts between 30 folds down and 3 up. */
const fall = ({ startLoss, problem }: PolicyTask, finalLoss: number): number =>
  Math.max(-3, Math.min(30, Math.log(startLoss) - Math.log(Math.max(finalLoss, problem.resolution))));

const seedOf = (index: number): number => 10_000 + index;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface HeldOut {
  /** Mean fall of the log of the whole training loss. */
  readonly trueImprovement: number;
  readonly divergenceRate: number;
}

/** Returns how the policy does on each task, from one starting rate each. */
export function heldOut(weights: PolicyWeights, shape: PolicyShape, tasks: readonly PolicyTask[]): HeldOut {
  const choose = chosenAction(weights);
  const finals = tasks.map((task, index) => {
    const startRate = task.referenceRate * startFactors[index % startFactors.length]!;
    return playEpisode(task.problem, { shape, startRate, seed: seedOf(index), choose }).finalLoss;
  });
  return {
    trueImprovement: mean(finals.map((loss, index) => fall(tasks[index]!, loss))),
    divergenceRate: finals.filter((loss) => loss === Infinity).length / finals.length,
  };
}

/** Returns the same for a constant rate. */
export function heldOutConstant(tasks: readonly PolicyTask[]): number {
  return mean(
    tasks.map((task, index) => {
      const rate = task.referenceRate * startFactors[index % startFactors.length]!;
      const bounded = task.problem.start(seedOf(index)).bound !== undefined;
      const schedule = ScheduleSpec.parse({ kind: "constant", rate: bounded ? { ofBound: rate } : rate });
      return fall(task, train(task.problem, { schedule, seed: seedOf(index) }).finalTrainLoss);
    }),
  );
}

/** Returns the schedules that the policy chooses on the first tasks of different families, at about `points` steps. */
export function sampleSchedules(
  weights: PolicyWeights,
  shape: PolicyShape,
  tasks: readonly PolicyTask[],
  count: number,
  points: number,
): PolicySample[] {
  const firsts = tasks.filter(
    ({ problem }, at) => tasks.findIndex((other) => other.problem.family === problem.family) === at,
  );
  return firsts.slice(0, count).map((task, index) => {
    const startRate = task.referenceRate * startFactors[index % startFactors.length]!;
    const every = Math.ceil(task.problem.steps / points);
    const sample: PolicySample = { problem: task.problem.title, startRate, step: [], rate: [], loss: [] };
    playEpisode(task.problem, {
      shape,
      startRate,
      seed: seedOf(index),
      choose: chosenAction(weights),
      watch(step, rate, loss) {
        if (step % every !== 0 && step !== task.problem.steps - 1) return;
        sample.step.push(step);
        sample.rate.push(Number(rate.toPrecision(6)));
        sample.loss.push(Number(loss.toPrecision(6)));
      },
    });
    return sample;
  });
}
