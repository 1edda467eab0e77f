/** The problems that a policy is trained on: cheap, random, and with a known well-tuned outcome. */
import { OptimizerSpec, type PolicyFamily, type Random, randomStream } from "@etude/catalog";
import type { Problem } from "../engine/problem.ts";
import { sampleProblem, type TrainingFamily } from "../suite/training-families.ts";
import { type PolicyTask, taskOf } from "./task.ts";

/** How often each family of generated problems is drawn. Well-conditioned noisy ones teach not to raise for ever. */
const families: Readonly<Record<PolicyFamily, readonly TrainingFamily[]>> = {
  deep: [
    "noisy-quadratic",
    "well-conditioned-quadratic",
    "linear-regression",
    "logistic-blobs",
    "softmax-blobs",
    "softmax-blobs",
    "small-mlp",
    "small-mlp",
    "small-mlp",
    "rosenbrock",
  ],
  nmf: ["low-rank-nmf"],
};
const optimizers = ["sgd", "sgd", "momentum", "adam", "adamw"] as const;

const oneOf = <Value>(random: Random, values: readonly Value[]): Value =>
  values[Math.floor(random.uniform() * values.length)]!;

/** Returns random problem number `index` of a seed, with a length and, for a deep one, an optimizer of its own. */
export function randomProblem(family: PolicyFamily, seed: number, index: number): Problem {
  const random = randomStream(seed, `policy-problem/${family}`, index);
  const problem = sampleProblem(oneOf(random, families[family]), random.uint32());
  const steps = Math.round(10 ** (family === "deep" ? 1.9 + 0.7 * random.uniform() : 1.9 + 0.6 * random.uniform()));
  const kind = oneOf(random, optimizers);
  return { ...problem, steps, ...(family === "deep" && { optimizer: OptimizerSpec.parse({ kind }) }) };
}

/** Returns `count` tasks, those left out on which no rate learns anything. */
export function randomTasks(family: PolicyFamily, count: number, seed: number): PolicyTask[] {
  const tasks: PolicyTask[] = [];
  for (let index = 0; tasks.length < count; index++) {
    const task = taskOf(randomProblem(family, seed, index), seed);
    if (task) tasks.push(task);
  }
  return tasks;
}
