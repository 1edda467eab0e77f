/** The problems that a policy is trained on: cheap, random, and with a known well-tuned outcome. */
import { OptimizerSpec, type PolicyFamily, type Random, randomStream } from "@etude/catalog";
import type { Problem } from "../engine/problem.ts";
import { sampleProblem, type TrainingFamily } from "../suite/training-families.ts";
import { smallNetwork } from "./small-networks.ts";
import { type PolicyTask, taskOf } from "./task.ts";

/** How often each family of generated problems is drawn. Well-conditioned noisy ones teach not to raise for ever. */
const families: Readonly<Record<PolicyFamily, readonly (TrainingFamily | "small-network")[]>> = {
  deep: [
    "noisy-quadratic",
    "well-conditioned-quadratic",
    "linear-regression",
    "logistic-blobs",
    "softmax-blobs",
    "softmax-blobs",
    "small-mlp",
    "rosenbrock",
    "small-network",
    "small-network",
    "small-network",
    "small-network",
  ],
  nmf: ["low-rank-nmf"],
};
const optimizers = ["sgd", "sgd", "momentum", "adam", "adamw"] as const;
/** Runs have ten to a power in here updates. */
const stepExponents: Readonly<Record<PolicyFamily, readonly [number, number]>> = { deep: [2, 2.7], nmf: [1.9, 2.5] };

const oneOf = <Value>(random: Random, values: readonly Value[]): Value =>
  values[Math.floor(random.uniform() * values.length)]!;

/** What random problems are for: no seed of the one gives a problem of the other. */
export type Purpose = "training" | "held-out";

/** Returns random problem number `index` of a seed, with a length and, for a deep one, an optimizer of its own. */
export function randomProblem(family: PolicyFamily, purpose: Purpose, seed: number, index: number): Problem {
  const random = randomStream(seed, `policy-problem/${family}/${purpose}`, index);
  const kind = oneOf(random, families[family]);
  const problem = kind === "small-network" ? smallNetwork(random) : sampleProblem(kind, random.uint32());
  const [low, high] = stepExponents[family];
  const steps = Math.round(10 ** (low + (high - low) * random.uniform()));
  const optimizer = OptimizerSpec.parse({ kind: oneOf(random, optimizers) });
  return { ...problem, steps, ...(family === "deep" && { optimizer }) };
}

/** Returns `count` tasks; problems on which no rate learns anything are left out. Calls `breathe` between two. */
export async function randomTasks(
  family: PolicyFamily,
  purpose: Purpose,
  count: number,
  seed: number,
  breathe?: () => void | Promise<void>,
): Promise<PolicyTask[]> {
  const tasks: PolicyTask[] = [];
  for (let index = 0; tasks.length < count; index++) {
    await breathe?.();
    const task = taskOf(randomProblem(family, purpose, seed, index), seed);
    if (task) tasks.push(task);
  }
  return tasks;
}
