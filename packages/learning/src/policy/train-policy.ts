/** Trains a policy by reinforcement learning: episodes on random and stored problems, and PPO on what they earned. */
import { randomStream, type PolicyFamily, type PolicyWeights, type Random } from "@etude/catalog";
import type { PolicyArtifact, PolicyConfig, PolicyPoint } from "@etude/contracts";
import type { Problem } from "../engine/problem.ts";
import type { PolicyShape } from "./episode.ts";
import { actions, type Experience, gather, privileged } from "./experience.ts";
import { heldOut, heldOutConstant, sampleSchedules } from "./held-out.ts";
import { type Demonstration, imitate } from "./imitate.ts";
import { fromJson, toJson } from "./network.ts";
import { createLearner, learn, type Learner, learnerOf } from "./ppo.ts";
import { type PolicyTask, taskOf } from "./task.ts";
import { randomTasks } from "./task-pool.ts";
import { readState, writeState } from "./training-state.ts";

/** What earlier work gives to a training. */
export interface PolicyPast {
  /** The policy that `config.init` names. */
  readonly init?: PolicyArtifact | undefined;
  /** Problems rebuilt from stored tasks; see `storedProblems`. */
  readonly stored?: readonly Problem[] | undefined;
  /** Recorded rate curves of stored problems to imitate first. */
  readonly demonstrations?: readonly Demonstration[] | undefined;
}

export interface PolicyTrainingOptions {
  readonly past?: PolicyPast;
  /** Told after every iteration. */
  report?(point: PolicyPoint): void | Promise<void>;
  /** Given the state after every iteration; `resume` with it goes on from there. */
  checkpoint?(stateJson: string): void | Promise<void>;
  /** Called about every hundredth of a second of computing, to let messages in. */
  breathe?(): void | Promise<void>;
  /** Asked before every iteration; training then ends without a policy. */
  shouldStop?(): boolean;
  readonly resume?: string | undefined;
  /** The command that trains this policy again, kept with it. */
  readonly command?: string;
}

const firstRate = 3e-3;
/** Generated problems to learn on, per run of an iteration. */
const poolShare: Readonly<Record<PolicyFamily, number>> = { deep: 1.5, nmf: 0.75 };
/** Every policy of a family is judged on the same problems. */
const heldOutSize: Readonly<Record<PolicyFamily, number>> = { deep: 40, nmf: 16 };
const heldOutEvery = 10;
/** Some runs start near the well-tuned rate, the others from it times ten to a power in the range of their family. */
const nearShare = 0.2;
const nearDeviation = 0.15;
const startExponents: Readonly<Record<PolicyFamily, readonly [number, number]>> = { deep: [-2.3, 1], nmf: [-2, 0.5] };
/** Digits of a weight that a policy is kept with. */
const digits = 7;

/** Returns what a family's policies see and how their runs are divided. */
export function policyShape(family: PolicyFamily, decisions: number): PolicyShape {
  const features = [
    "change-1",
    "change-2",
    "change-5",
    "above-best",
    "significance",
    "spread",
    "drop",
    "level",
    "last-action",
    "progress",
    "agreement",
    "promise",
    "gradient-change",
    "gradient-growth",
  ];
  return family === "deep"
    ? { holds: "rate", features, decisions, opening: 0.1, cooldown: 0.2 }
    : { holds: "share-of-bound", features, decisions, opening: 1, cooldown: 0.2 };
}

/** Returns the learner's policy, rounded as it is kept. */
export function weightsOf({ actor }: Learner, family: PolicyFamily, shape: PolicyShape): PolicyWeights {
  const { features, decisions, opening, cooldown } = shape;
  return {
    format: "etude-policy-1",
    family,
    features: [...features],
    actions: [...actions],
    decisions,
    opening,
    cooldown,
    actor: toJson(actor, digits),
  };
}

interface Pools {
  readonly analytic: readonly PolicyTask[];
  readonly stored: readonly PolicyTask[];
}

function drawTask({ analytic, stored }: Pools, { problems }: PolicyConfig, random: Random): PolicyTask {
  const total = problems.analytic + (stored.length > 0 ? problems.stored : 0);
  const pool = random.uniform() * total < problems.analytic ? analytic : stored;
  return pool[Math.floor(random.uniform() * pool.length)]!;
}

async function playRound(
  learner: Learner,
  pools: Pools,
  shape: PolicyShape,
  config: PolicyConfig,
  random: Random,
  breathe?: () => void | Promise<void>,
): Promise<Experience[]> {
  const [low, high] = startExponents[config.family];
  const exponent = (): number =>
    random.uniform() < nearShare ? nearDeviation * random.normal() : low + (high - low) * random.uniform();
  const round: Experience[] = [];
  while (round.length < config.environments) {
    const task = drawTask(pools, config, random);
    const rate = task.referenceRate * 10 ** exponent();
    round.push(gather(learner, task, shape, { rate, seed: random.uint32() }, random));
    await breathe?.();
  }
  return round;
}

function freshLearner(config: PolicyConfig, shape: PolicyShape, past: PolicyPast): Learner {
  const { init } = past;
  const random = randomStream(config.seed, "policy/init");
  const fresh = createLearner(shape.features.length, actions.length, privileged, random);
  if (!config.init) return fresh;
  if (!init) throw new Error(`init: the weights of policy ${config.init} are missing`);
  if (init.family !== config.family) {
    throw new Error(
      `init: policy ${config.init} is of family ${init.family}; a policy of family ${config.family} is wanted`,
    );
  }
  if (init.features.join() !== shape.features.join() || init.actions.join() !== actions.join()) {
    throw new Error(`init: policy ${config.init} sees or does something else (${init.features.join(", ")})`);
  }
  return learnerOf(fromJson(init.actor), init.critic ? fromJson(init.critic) : fresh.critic);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Trains a policy and returns it, or undefined when it was stopped. The same config and past give the same weights, in
 * one go or resumed. Throws an Error where the past lacks what the config asks for.
 */
export async function trainPolicy(
  config: PolicyConfig,
  options: PolicyTrainingOptions = {},
): Promise<PolicyArtifact | undefined> {
  const { past = {}, report, checkpoint, breathe, shouldStop, resume, command = "" } = options;
  const { family, seed, iterations } = config;
  let started = performance.now();
  const shape = policyShape(family, config.decisions);
  const { analytic } = config.problems;
  const storedTasks = (past.stored ?? []).flatMap((problem) => taskOf(problem, seed) ?? []);
  if (analytic === 0 && storedTasks.length === 0) {
    throw new Error("problems: there are no stored tasks to train on; give analytic problems a weight above 0");
  }
  const size = Math.ceil(poolShare[family] * config.environments);
  const pools: Pools = {
    analytic: analytic > 0 ? await randomTasks(family, "training", size, seed, breathe) : [],
    stored: storedTasks,
  };
  const unseen = await randomTasks(family, "held-out", heldOutSize[family], 0, breathe);
  const state = resume === undefined ? undefined : readState(resume);
  const learner = state?.learner ?? freshLearner(config, shape, past);
  if (!state && config.imitate)
    imitate(learner, shape, past.demonstrations ?? [], randomStream(seed, "policy/imitate"));
  let { iteration, updates, seconds } = state ?? { iteration: 0, updates: 0, seconds: 0 };
  for (; iteration < iterations; iteration++) {
    if (shouldStop?.()) return undefined;
    const random = randomStream(seed, "policy/round", iteration);
    const round = await playRound(learner, pools, shape, config, random, breathe);
    const rate = firstRate * (1 - iteration / iterations);
    const entropy = learn(
      learner,
      round.map(({ decisions }) => decisions),
      rate,
      random,
    );
    updates += round.reduce((sum, episode) => sum + episode.updates, 0);
    const look = (iteration + 1) % heldOutEvery === 0 || iteration + 1 === iterations;
    const held = look ? heldOut(weightsOf(learner, family, shape), shape, unseen) : undefined;
    seconds += (performance.now() - started) / 1000;
    started = performance.now();
    await report?.({
      iteration,
      return: mean(round.map((episode) => episode.return)),
      divergenceRate: round.filter(({ diverged }) => diverged).length / round.length,
      entropy,
      seconds,
      ...(held && { trueImprovement: held.trueImprovement, heldOutDivergenceRate: held.divergenceRate }),
    });
    await checkpoint?.(writeState(learner, { iteration: iteration + 1, updates, seconds }));
  }
  const weights = weightsOf(learner, family, shape);
  return {
    ...weights,
    critic: toJson(learner.critic, digits),
    trainedWith: {
      config,
      command,
      engine: "Etude's array engine, float64",
      storedTasks: storedTasks.length,
      updates,
      seconds,
      heldOut: { ...heldOut(weights, shape, unseen), constant: heldOutConstant(unseen) },
      samples: sampleSchedules(weights, shape, unseen, 4, 60),
    },
  };
}
