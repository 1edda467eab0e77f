/** Behaviour cloning: before it learns by itself, a policy copies the decisions that recorded rate curves amount to. */
import { permutation, type Random } from "@etude/catalog";
import type { Problem } from "../engine/problem.ts";
import { adamStep, createAdam } from "./adam.ts";
import { playEpisode, type PolicyShape } from "./episode.ts";
import { actions } from "./experience.ts";
import { type Learner, logSoftmax } from "./ppo.ts";

/** The rates that a good run applied, one an update, on a problem. */
export interface Demonstration {
  readonly problem: Problem;
  readonly rates: ArrayLike<number>;
}

interface Copied {
  readonly features: readonly number[];
  readonly action: number;
}

const logActions = actions.map(Math.log);
const epochs = 30;
const minibatch = 64;
const rate = 3e-3;
const longestGradient = 0.5;

const nearest = (logFactor: number): number =>
  logActions.reduce(
    (best, log, at) => (Math.abs(log - logFactor) < Math.abs(logActions[best]! - logFactor) ? at : best),
    0,
  );

/**
 * Returns what a policy sees along a demonstration with the action that follows its rates best: after each block the one
 * that takes the rate held nearest to the recorded rate of the steps that come.
 */
function decisionsOf({ problem, rates }: Demonstration, shape: PolicyShape, seed: number): Copied[] {
  const last = rates.length - 1;
  const wanted = (step: number): number => rates[Math.min(last, Math.round((step / problem.steps) * rates.length))]!;
  const copied: Copied[] = [];
  let now = 0;
  const bound = shape.holds === "share-of-bound" ? problem.start(seed).bound?.(0, 0) : undefined;
  playEpisode(problem, {
    shape,
    startRate: wanted(0) / (bound ?? 1),
    seed,
    watch: (step) => {
      now = step;
    },
    choose(features, { held }) {
      const target = wanted(now + 1) / (bound ?? 1);
      const action = target > 0 ? nearest(Math.log(target / held[0]!)) : 0;
      copied.push({ features, action });
      return logActions[action]!;
    },
  });
  return copied;
}

/** Moves the actor towards the demonstrations by cross-entropy. Nothing happens without any. */
export function imitate(
  learner: Learner,
  shape: PolicyShape,
  demonstrations: readonly Demonstration[],
  random: Random,
): void {
  const samples = demonstrations.flatMap((one) => decisionsOf(one, shape, random.uint32()));
  const { actor } = learner;
  const width = actor.sizes.at(-1)!;
  const moments = createAdam(actor.weights);
  const gradients = actor.weights.map((weight) => new Float64Array(weight.length));
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(samples.length, random);
    for (let from = 0; from < samples.length; from += minibatch) {
      const chosen = Array.from(order.subarray(from, from + minibatch), (index) => samples[index]!);
      const logs = actor.forward(Float64Array.from(chosen.flatMap(({ features }) => features)), chosen.length);
      const slopes = new Float64Array(chosen.length * width);
      for (const [row, { action }] of chosen.entries()) {
        const at = row * width;
        logSoftmax(logs, at, width);
        for (let i = 0; i < width; i++) {
          slopes[at + i] = (Math.exp(logs[at + i]!) - (i === action ? 1 : 0)) / chosen.length;
        }
      }
      actor.backward(slopes, chosen.length, gradients);
      adamStep(moments, actor.weights, gradients, rate, longestGradient);
    }
  }
}
