/**
 * Proximal policy optimisation (Schulman et al., arXiv:1707.06347) with generalised advantage estimation
 * (arXiv:1506.02438) for a policy over a few discrete actions. Actor and critic are separate networks; the critic may
 * see more than the actor, since only the actor is used later.
 */
import { permutation, type Random } from "@etude/catalog";
import { type Adam, adamStep, createAdam } from "./adam.ts";
import { type Activations, activationsOf, backward, createNetwork, forward, type Network } from "./network.ts";

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
  actorMoments: createAdam(actor.parameters.length),
  criticMoments: createAdam(critic.parameters.length),
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

/** Writes the log of the probabilities over the actor's outputs. */
export function logSoftmax(outputs: Float64Array): Float64Array {
  const highest = outputs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = outputs.reduce((total, output) => total + Math.exp(output - highest), 0);
  const shift = highest + Math.log(sum);
  for (let i = 0; i < outputs.length; i++) outputs[i]! -= shift;
  return outputs;
}

/** Returns an action at random, by the actor's probabilities, as a decision without its reward yet. */
export function decide(
  { actor, critic }: Learner,
  scratch: Scratch,
  seen: Float64Array,
  judged: Float64Array,
  random: Random,
): Decision {
  scratch.actor[0]!.set(seen);
  const logs = logSoftmax(forward(actor, scratch.actor));
  let left = random.uniform();
  let action = 0;
  while (action < logs.length - 1 && (left -= Math.exp(logs[action]!)) >= 0) action++;
  scratch.critic[0]!.set(judged);
  const value = forward(critic, scratch.critic)[0]!;
  return { seen, judged, action, logProbability: logs[action]!, value, reward: 0 };
}

export interface Scratch {
  readonly actor: Activations;
  readonly critic: Activations;
}
export const scratchOf = ({ actor, critic }: Learner): Scratch => ({
  actor: activationsOf(actor),
  critic: activationsOf(critic),
});

interface Sample extends Decision {
  readonly advantage: number;
  readonly target: number;
}

/** Returns each decision with its advantage and the critic's target. An episode ends with its last decision; γ is 1. */
export function judgedEpisode(episode: readonly Decision[], lambda: number): Sample[] {
  const samples: Sample[] = [];
  let advantage = 0;
  for (let at = episode.length - 1; at >= 0; at--) {
    const decision = episode[at]!;
    const next = episode[at + 1]?.value ?? 0;
    advantage = decision.reward + next - decision.value + lambda * advantage;
    samples.unshift({ ...decision, advantage, target: advantage + decision.value });
  }
  return samples;
}

/**
 * Returns the loss of one sample and adds its gradients: −min(r·A, clip(r)·A) − entropy · H for the actor, half the
 * squared error for the critic. Weights of samples are 1 / `count`.
 */
export function sampleLoss(
  { actor, critic }: Learner,
  scratch: Scratch,
  { seen, judged, action, logProbability, advantage, target }: Sample,
  { clip, entropy }: Pick<PpoSettings, "clip" | "entropy">,
  count: number,
  gradients: { readonly actor: Float64Array; readonly critic: Float64Array },
): { readonly actor: number; readonly critic: number; readonly entropy: number } {
  scratch.actor[0]!.set(seen);
  const logs = logSoftmax(forward(actor, scratch.actor));
  const ratio = Math.exp(logs[action]! - logProbability);
  const bounded = Math.min(1 + clip, Math.max(1 - clip, ratio));
  const free = ratio * advantage <= bounded * advantage;
  const gain = free ? ratio * advantage : bounded * advantage;
  const uncertainty = -logs.reduce((sum, log) => sum + Math.exp(log) * log, 0);
  const outputGradient = logs.map((log, i) => {
    const probability = Math.exp(log);
    const gained = free ? ratio * advantage * ((i === action ? 1 : 0) - probability) : 0;
    return -(gained - entropy * probability * (log + uncertainty)) / count;
  });
  backward(actor, scratch.actor, outputGradient, gradients.actor);
  scratch.critic[0]!.set(judged);
  const error = forward(critic, scratch.critic)[0]! - target;
  backward(critic, scratch.critic, Float64Array.of(error / count), gradients.critic);
  return {
    actor: -(gain + entropy * uncertainty) / count,
    critic: (0.5 * error * error) / count,
    entropy: uncertainty / count,
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
  const samples = normalised(episodes.flatMap((episode) => judgedEpisode(episode, settings.lambda)));
  const scratch = scratchOf(learner);
  const size = Math.ceil(samples.length / settings.minibatches);
  let entropy = 0;
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const order = permutation(samples.length, random);
    for (let from = 0; from < samples.length; from += size) {
      const chosen = order.subarray(from, from + size);
      const gradients = {
        actor: new Float64Array(learner.actor.parameters.length),
        critic: new Float64Array(learner.critic.parameters.length),
      };
      for (const index of chosen) {
        const loss = sampleLoss(learner, scratch, samples[index]!, settings, chosen.length, gradients);
        entropy += (loss.entropy * chosen.length) / (samples.length * settings.epochs);
      }
      adamStep(learner.actorMoments, learner.actor.parameters, gradients.actor, rate, settings.longestGradient);
      adamStep(learner.criticMoments, learner.critic.parameters, gradients.critic, rate, settings.longestGradient);
    }
  }
  return entropy;
}

/** Returns the samples with advantages of mean 0 and deviation 1. */
function normalised(samples: readonly Sample[]): Sample[] {
  const mean = samples.reduce((sum, { advantage }) => sum + advantage, 0) / samples.length;
  const variance = samples.reduce((sum, { advantage }) => sum + (advantage - mean) ** 2, 0) / samples.length;
  const scale = 1 / (Math.sqrt(variance) + 1e-8);
  return samples.map((sample) => ({ ...sample, advantage: (sample.advantage - mean) * scale }));
}
