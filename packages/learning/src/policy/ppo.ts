/**
 * Proximal policy optimisation (Schulman et al., arXiv:1707.06347) with generalised advantage estimation
 * (arXiv:1506.02438) for a policy over a few discrete actions. Actor and critic are separate networks; the critic may
 * see more than the actor, since only the actor is used later.
 */
import { permutation, type Random } from "@etude/catalog";
import { type Adam, adamStep, createAdam } from "./adam.ts";
import { createNetwork, type Network } from "./network.ts";

export interface PpoSettings {
  readonly clip: number;
  readonly entropy: number;
  readonly epochs: number;
  readonly minibatches: number;
  readonly lambda: number;
  readonly longestGradient: number;
}

export const ppoDefaults: PpoSettings = {
  clip: 0.2,
  entropy: 0.01,
  epochs: 4,
  minibatches: 4,
  lambda: 0.95,
  longestGradient: 0.5,
};

/** What is learned: two networks with the moments of their optimizers. */
export interface Learner {
  readonly actor: Network;
  readonly critic: Network;
  readonly actorMoments: Adam;
  readonly criticMoments: Adam;
}

const hidden = 32;

/** Returns a learner that begins by choosing every action equally often. */
export function createLearner(seen: number, actions: number, privileged: number, random: Random): Learner {
  const actor = createNetwork([seen, hidden, hidden, actions], random, 0.01);
  const critic = createNetwork([seen + privileged, hidden, hidden, 1], random, 0.01);
  return learnerOf(actor, critic);
}

/** Returns a learner that goes on from these networks. */
export const learnerOf = (actor: Network, critic: Network): Learner => ({
  actor,
  critic,
  actorMoments: createAdam(actor.weights),
  criticMoments: createAdam(critic.weights),
});

/** One decision. */
export interface Decision {
  readonly seen: Float64Array;
  /** What the actor sees, and then what only the critic does. */
  readonly judged: Float64Array;
  readonly action: number;
  /** Log of the probability that the action had. */
  readonly logProbability: number;
  readonly value: number;
  /** What came of it until the next decision. */
  reward: number;
}

/** Turns outputs into logs of probabilities, in place, from `at` on. */
export function logSoftmax(outputs: Float64Array, at: number, width: number): void {
  let highest = -Infinity;
  for (let i = at; i < at + width; i++) highest = Math.max(highest, outputs[i]!);
  let sum = 0;
  for (let i = at; i < at + width; i++) sum += Math.exp(outputs[i]! - highest);
  const shift = highest + Math.log(sum);
  for (let i = at; i < at + width; i++) outputs[i] = outputs[i]! - shift;
}

/** Returns an action at random, by the actor's probabilities, as a decision without its reward yet. */
export function decide({ actor, critic }: Learner, seen: Float64Array, judged: Float64Array, random: Random): Decision {
  const logs = actor.forward(seen, 1);
  const width = actor.sizes.at(-1)!;
  logSoftmax(logs, 0, width);
  let left = random.uniform();
  let action = 0;
  while (action < width - 1 && (left -= Math.exp(logs[action]!)) >= 0) action++;
  const value = critic.forward(judged, 1)[0]!;
  return { seen, judged, action, logProbability: logs[action]!, value, reward: 0 };
}

export interface Sample {
  readonly decision: Decision;
  /** By how much the action was better than the critic expected. */
  readonly advantage: number;
  /** What the critic should have said. */
  readonly target: number;
}

/** Returns the decisions of an episode, which ends with its last one, as samples; γ is 1. */
export function samplesOf(episode: readonly Decision[], lambda: number): Sample[] {
  const samples: Sample[] = [];
  let advantage = 0;
  for (let at = episode.length - 1; at >= 0; at--) {
    const decision = episode[at]!;
    const next = episode[at + 1]?.value ?? 0;
    advantage = decision.reward + next - decision.value + lambda * advantage;
    samples.push({ decision, advantage, target: advantage + decision.value });
  }
  return samples.toReversed();
}

export interface Gradients {
  readonly actor: readonly Float64Array[];
  readonly critic: readonly Float64Array[];
}

export const gradientsOf = ({ actor, critic }: Learner): Gradients => ({
  actor: actor.weights.map((weight) => new Float64Array(weight.length)),
  critic: critic.weights.map((weight) => new Float64Array(weight.length)),
});

/** Returns the arrays below one another. */
function stacked(rows: readonly Float64Array[]): Float64Array {
  const width = rows[0]!.length;
  const all = new Float64Array(rows.length * width);
  for (const [at, row] of rows.entries()) all.set(row, at * width);
  return all;
}

export interface Losses {
  readonly actor: number;
  readonly critic: number;
  /** Mean, in nats. */
  readonly entropy: number;
}

/**
 * Returns the mean losses of the samples and writes their gradients: −min(r·A, clip(r)·A) − entropy · H for the actor,
 * half the squared error for the critic.
 */
export function lossesOf(
  { actor, critic }: Learner,
  samples: readonly Sample[],
  { clip, entropy }: Pick<PpoSettings, "clip" | "entropy">,
  gradients: Gradients,
): Losses {
  const count = samples.length;
  const width = actor.sizes.at(-1)!;
  const logs = actor.forward(stacked(samples.map(({ decision }) => decision.seen)), count);
  const slopes = new Float64Array(count * width);
  let [gains, uncertainties, errors] = [0, 0, 0];
  for (const [row, { decision, advantage }] of samples.entries()) {
    const at = row * width;
    logSoftmax(logs, at, width);
    const ratio = Math.exp(logs[at + decision.action]! - decision.logProbability);
    const bounded = Math.min(1 + clip, Math.max(1 - clip, ratio));
    const free = ratio * advantage <= bounded * advantage;
    let uncertainty = 0;
    for (let i = at; i < at + width; i++) uncertainty -= Math.exp(logs[i]!) * logs[i]!;
    for (let i = 0; i < width; i++) {
      const log = logs[at + i]!;
      const probability = Math.exp(log);
      const gained = free ? ratio * advantage * ((i === decision.action ? 1 : 0) - probability) : 0;
      slopes[at + i] = -(gained - entropy * probability * (log + uncertainty)) / count;
    }
    gains += free ? ratio * advantage : bounded * advantage;
    uncertainties += uncertainty;
  }
  actor.backward(slopes, count, gradients.actor);
  const values = critic.forward(stacked(samples.map(({ decision }) => decision.judged)), count);
  const offs = Float64Array.from(samples, ({ target }, row) => (values[row]! - target) / count);
  for (const [row, { target }] of samples.entries()) errors += 0.5 * (values[row]! - target) ** 2;
  critic.backward(offs, count, gradients.critic);
  return {
    actor: -(gains + entropy * uncertainties) / count,
    critic: errors / count,
    entropy: uncertainties / count,
  };
}

/** Learns from the episodes with the given rate. Returns the mean entropy of the actor's choices, in nats. */
export function learn(
  learner: Learner,
  episodes: readonly (readonly Decision[])[],
  rate: number,
  random: Random,
  settings: PpoSettings = ppoDefaults,
): number {
  const samples = normalised(episodes.flatMap((episode) => samplesOf(episode, settings.lambda)));
  const gradients = gradientsOf(learner);
  const size = Math.ceil(samples.length / settings.minibatches);
  const { longestGradient } = settings;
  let entropy = 0;
  let batches = 0;
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const order = permutation(samples.length, random);
    for (let from = 0; from < samples.length; from += size) {
      const chosen = Array.from(order.subarray(from, from + size), (index) => samples[index]!);
      entropy += lossesOf(learner, chosen, settings, gradients).entropy;
      batches++;
      adamStep(learner.actorMoments, learner.actor.weights, gradients.actor, rate, longestGradient);
      adamStep(learner.criticMoments, learner.critic.weights, gradients.critic, rate, longestGradient);
    }
  }
  return entropy / batches;
}

/** Returns the samples with advantages of mean 0 and deviation 1. */
function normalised(samples: readonly Sample[]): Sample[] {
  const mean = samples.reduce((sum, { advantage }) => sum + advantage, 0) / samples.length;
  const variance = samples.reduce((sum, { advantage }) => sum + (advantage - mean) ** 2, 0) / samples.length;
  const scale = 1 / (Math.sqrt(variance) + 1e-8);
  return samples.map(({ decision, advantage, target }) => ({
    decision,
    advantage: (advantage - mean) * scale,
    target,
  }));
}
