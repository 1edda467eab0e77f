/** Random problems on which policies are trained; none of them is in the suite. */
import { type Random, randomStream } from "@etude/catalog";
import { topCurvature } from "../engine/curvature.ts";
import { factorisationProblem } from "../engine/factorisation.ts";
import { logisticLoss, meanSquaredError, softmaxCrossEntropy } from "../engine/layers/losses.ts";
import { mlp, mlpGroups } from "../engine/mlp.ts";
import { networkProblem } from "../engine/network.ts";
import type { Problem } from "../engine/problem.ts";
import { optimizer } from "./optimizer.ts";
import { quadratic } from "./quadratics.ts";
import { rosenbrock } from "./rosenbrock.ts";
import { blobs, linearTable, lowRankMatrix, teacherTable } from "./synthetic.ts";

/** A sampled problem with the scale of its rates. */
export interface TrainingProblem extends Problem {
  /**
   * A rate in the middle of the stable ones: 1 / λ_max for sgd, (1 − μ) / λ_max for momentum, half the bound for a
   * factorisation, .01 for adam. A start is this times a random factor.
   */
  readonly referenceRate: number;
}

const log10Uniform = (random: Random, low: number, high: number): number =>
  10 ** (low + (high - low) * random.uniform());
const integer = (random: Random, low: number, high: number): number =>
  low + Math.floor((high - low + 1) * random.uniform());
const oneOf = <Choice>(random: Random, choices: readonly Choice[]): Choice =>
  choices[Math.floor(random.uniform() * choices.length)]!;

const steps = 400;

type Sampler = (random: Random, seed: number) => Problem;

/** A quadratic in 20 dimensions; noise is relative to the rms of the gradient at the start. */
function sampledQuadratic(condition: readonly [number, number], relativeNoise: readonly [number, number]): Sampler {
  return (random, seed) => {
    const dimension = 20;
    const kappa = log10Uniform(random, ...condition);
    const largest = log10Uniform(random, -2, 2);
    const startDistance = log10Uniform(random, -1, 1);
    let squares = 0;
    for (let j = 0; j < dimension; j++) squares += (largest * kappa ** (j / (dimension - 1) - 1)) ** 2;
    const rms = Math.sqrt(squares / dimension) * startDistance;
    const noise = log10Uniform(random, ...relativeNoise) * rms;
    const about = { id: `sampled-quadratic-${seed}`, title: "Random quadratic", optimizer: optimizer("sgd") };
    return quadratic(
      { ...about, family: "sampled-quadratic", steps, resolution: 1e-9 * largest * startDistance ** 2 },
      { dimension, condition: kappa, largest, startDistance, noise: () => noise },
    );
  };
}

const network = (seed: number, family: string, kinds: readonly ["sgd", ...("momentum" | "adam")[]], random: Random) =>
  ({
    id: `sampled-${family}-${seed}`,
    family: `sampled-${family}`,
    title: `Random ${family}`,
    domain: "tabular",
    steps,
    resolution: 1e-4,
    optimizer: optimizer(oneOf(random, kinds)),
  }) as const;

const samplers = {
  "noisy-quadratic": sampledQuadratic([0, 3], [-3, 0]),
  "well-conditioned-quadratic": sampledQuadratic([0, 0.7], [-1, 1]),
  "linear-regression"(random, seed) {
    const table = linearTable({
      rows: 256,
      inputs: 10,
      condition: log10Uniform(random, 0, 1.5),
      noise: log10Uniform(random, -1.5, 0.5),
      seed,
    });
    return networkProblem(
      { ...network(seed, "linear-regression", ["sgd"], random), groups: mlpGroups({ hidden: [] }) },
      {
        train: table,
        batchSize: oneOf(random, [8, 16, 32]),
        loss: meanSquaredError,
        build: mlp({ inputs: 10, hidden: [], outputs: 1, activation: "relu", start: "zero" }),
      },
    );
  },
  "logistic-blobs"(random, seed) {
    const table = blobs({
      rows: 256,
      inputs: 12,
      classes: 2,
      separation: log10Uniform(random, -0.5, 0.5),
      labelNoise: oneOf(random, [0, 0, 0.1]),
      seed,
    });
    return networkProblem(
      { ...network(seed, "logistic-blobs", ["sgd"], random), groups: mlpGroups({ hidden: [] }) },
      {
        train: table,
        batchSize: oneOf(random, [16, 32]),
        loss: logisticLoss,
        build: mlp({ inputs: 12, hidden: [], outputs: 1, activation: "relu", start: "zero" }),
      },
    );
  },
  "softmax-blobs"(random, seed) {
    const classes = integer(random, 3, 8);
    const table = blobs({
      rows: 256,
      inputs: 12,
      classes,
      separation: log10Uniform(random, -0.5, 0.5),
      labelNoise: oneOf(random, [0, 0, 0.1]),
      seed,
    });
    return networkProblem(
      { ...network(seed, "softmax-blobs", ["sgd"], random), groups: mlpGroups({ hidden: [] }) },
      {
        train: table,
        batchSize: oneOf(random, [16, 32]),
        loss: softmaxCrossEntropy,
        build: mlp({ inputs: 12, hidden: [], outputs: classes, activation: "relu", start: "zero" }),
      },
    );
  },
  "small-mlp"(random, seed) {
    const [inputs, classes] = [8, integer(random, 2, 4)];
    const hidden = [integer(random, 8, 16)];
    const train = teacherTable({ rows: 256, inputs, classes, labelNoise: oneOf(random, [0, 0, 0.1, 0.2]), seed });
    return networkProblem(
      { ...network(seed, "small-mlp", ["sgd", "momentum", "adam"], random), groups: mlpGroups({ hidden }) },
      {
        train,
        batchSize: 16,
        loss: softmaxCrossEntropy,
        build: mlp({ inputs, hidden, outputs: classes, activation: oneOf(random, ["relu", "tanh"]) }),
      },
    );
  },
  rosenbrock(random, seed) {
    return rosenbrock(
      {
        id: `sampled-rosenbrock-${seed}`,
        family: "sampled-rosenbrock",
        title: "Random Rosenbrock valley",
        steps,
        optimizer: optimizer(oneOf(random, ["sgd", "adam"])),
        resolution: 1e-6,
      },
      { dimension: integer(random, 2, 10), steepness: log10Uniform(random, 0, 2), startNoise: 0.3 },
    );
  },
  "low-rank-nmf"(random, seed) {
    const [rows, columns] = [integer(random, 16, 40), integer(random, 32, 96)];
    const rank = integer(random, 2, 6);
    const noise = log10Uniform(random, -3, -0.5);
    return factorisationProblem(
      {
        id: `sampled-nmf-${seed}`,
        family: "sampled-nmf",
        title: "Random low-rank factorisation",
        steps,
        optimizer: optimizer("sgd"),
        resolution: 1e-6,
      },
      {
        matrix: lowRankMatrix({ rows, columns, rank: rank + integer(random, 0, 2), noise, seed }),
        rank,
        batchColumns: oneOf(random, [columns, 64, 16]),
        relativeNoise: oneOf(random, [0, 0.01, 0.1]),
        boundShare: 0.9,
      },
    );
  },
} satisfies Record<string, Sampler>;

export type TrainingFamily = keyof typeof samplers;

/** Names of the families that `sampleProblem` knows. */
export const trainingFamilies = Object.keys(samplers) as readonly TrainingFamily[];

function referenceRate(problem: Problem, seed: number): number {
  const { kind } = problem.optimizer;
  if (kind === "adam") return 0.01;
  const instance = problem.start(seed);
  if (instance.bound) return 0.5 * Math.min(...problem.groups.map((_, group) => instance.bound!(group, 0)));
  const { curvature } = topCurvature(problem, seed);
  const share = problem.optimizer.kind === "momentum" ? 1 - problem.optimizer.momentum : 1;
  return share / Math.max(curvature, 1e-12);
}

/** Returns a random problem of the family, the same for the same seed. */
export function sampleProblem(family: TrainingFamily, seed: number): TrainingProblem {
  const problem = samplers[family](randomStream(seed, `sample/${family}`), seed);
  return { ...problem, referenceRate: referenceRate(problem, seed) };
}
