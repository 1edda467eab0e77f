/** Episodes as experience to learn from: rewards, and what only the critic may see. */
import type { Random } from "@etude/catalog";
import { playEpisode, type PolicyShape } from "./episode.ts";
import { type Decision, decide, type Learner } from "./ppo.ts";
import type { PolicyTask } from "./task.ts";

export const actions: readonly number[] = [0.4, 0.7, 1, 1.4, 2.5];
const logActions = actions.map(Math.log);
/** What an episode costs in which the run diverged, beyond the loss that it ends with. */
const divergence = 5;
/** How many folds above its start a loss counts as at most. */
const highest = 3;

/**
 * What a loss is worth: minus its log over the reference's, compressed where it is far. Rewards are differences of it,
 * so they add up to the improvement, whatever lies between; clipping a reward instead would pay for falling twice.
 */
export function potential(logLoss: number, { problem, referenceLoss, startLoss }: PolicyTask): number {
  const floor = Math.log(problem.resolution);
  const reference = Math.max(floor, Math.log(referenceLoss));
  const bounded = Math.max(floor, Math.min(Math.log(startLoss) + highest, logLoss));
  return -Math.asinh(2 * (bounded - reference)) / 2;
}

/** Numbers that the critic sees beside the features. */
export const privileged = 6;

function hints(
  { problem, referenceRate, referenceLoss, startLoss }: PolicyTask,
  logLoss: number,
  rate: number,
): number[] {
  const floor = Math.log(problem.resolution);
  const reference = Math.max(floor, Math.log(referenceLoss));
  return [
    Math.max(-4, Math.min(4, Math.log10(Math.max(rate, 1e-300) / referenceRate))) / 2,
    Math.asinh(logLoss - reference) / 2,
    (Math.log(startLoss) - reference) / 8,
    Math.log10(problem.steps) - 2,
    problem.optimizer.kind.startsWith("adam") ? 1 : 0,
    problem.batchSize === null ? 0 : 1 / Math.sqrt(problem.batchSize),
  ];
}

export interface Experience {
  readonly decisions: readonly Decision[];
  readonly return: number;
  readonly diverged: boolean;
  readonly updates: number;
  readonly finalLoss: number;
}

/** Plays an episode with actions at random by the learner's probabilities. */
export function gather(
  learner: Learner,
  task: PolicyTask,
  shape: PolicyShape,
  start: { readonly rate: number; readonly seed: number },
  random: Random,
): Experience {
  const decisions: Decision[] = [];
  let before = potential(Math.log(task.startLoss), task);
  const begin = before;
  const earn = (logLoss: number): void => {
    const now = potential(logLoss, task);
    const last = decisions.at(-1);
    if (last) last.reward += now - before;
    before = now;
  };
  const { finalLoss, updates } = playEpisode(task.problem, {
    shape,
    startRate: start.rate,
    seed: start.seed,
    choose(features, { logLoss, held }) {
      earn(logLoss);
      const seen = Float64Array.from(features);
      const judged = Float64Array.from([...features, ...hints(task, logLoss, held[0]!)]);
      const decision = decide(learner, seen, judged, random);
      decisions.push(decision);
      return logActions[decision.action]!;
    },
  });
  const diverged = finalLoss === Infinity;
  earn(diverged ? Infinity : Math.log(Math.max(finalLoss, 1e-300)));
  const last = decisions.at(-1);
  if (diverged && last) last.reward -= divergence;
  return { decisions, return: before - begin - (diverged ? divergence : 0), diverged, updates, finalLoss };
}
