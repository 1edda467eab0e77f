/** Small problems of every kind that the engine knows, for tests. */
import { OptimizerSpec } from "@etude/catalog";
import { cnn, cnnGroups } from "../../src/engine/cnn.ts";
import { type Factorisation, factorisationProblem } from "../../src/engine/factorisation.ts";
import type { Activation } from "../../src/engine/layers/activation.ts";
import { type BatchLoss, logisticLoss, meanSquaredError, softmaxCrossEntropy } from "../../src/engine/layers/losses.ts";
import { mlp, mlpGroups } from "../../src/engine/mlp.ts";
import { networkProblem, type Rows } from "../../src/engine/network.ts";
import type { Problem } from "../../src/engine/problem.ts";
import { embeddingNetwork, poolGroups, transformer, transformerGroups } from "../../src/engine/text-networks.ts";
import { quadratic } from "../../src/suite/quadratics.ts";
import { rosenbrock } from "../../src/suite/rosenbrock.ts";
import { blobs, linearTable, lowRankMatrix } from "../../src/suite/synthetic.ts";

export const optimizer = (kind: string): OptimizerSpec => OptimizerSpec.parse({ kind });

const about = (id: string, groups: readonly string[]) => ({
  id,
  family: id,
  title: id,
  domain: "tabular" as const,
  steps: 40,
  optimizer: optimizer("sgd"),
  groups,
  resolution: 1e-6,
});

const network = (
  id: string,
  table: Rows,
  hidden: readonly number[],
  outputs: number,
  loss: BatchLoss,
  activation: Activation = "tanh",
): Problem => {
  const inputs = table.inputs.length / table.count;
  return networkProblem(about(id, mlpGroups({ hidden })), {
    train: table,
    validation: table,
    batchSize: 7,
    loss,
    build: mlp({ inputs, hidden, outputs, activation }),
  });
};

const classes = blobs({ rows: 30, inputs: 5, classes: 3, separation: 1, labelNoise: 0, seed: 1 });
const halves = blobs({ rows: 30, inputs: 5, classes: 2, separation: 1, labelNoise: 0, seed: 1 });
const line = linearTable({ rows: 30, inputs: 4, condition: 10, noise: 0.1, seed: 1 });

/** Texts of 6 tokens from a vocabulary of 9; token 0 is padding for those who know it. */
const texts = (targets: "class" | "next"): Rows => {
  const tokens = Float64Array.from({ length: 25 * 6 }, (_, i) => (i * 7 + (i % 11) * 3) % 9);
  const last = Float64Array.from({ length: 25 }, (_, row) => row % 3);
  return {
    count: 25,
    inputs: tokens,
    targets: targets === "class" ? last : tokens.map((token) => (token * 2 + 1) % 9),
  };
};
const pool = { vocabulary: 9, length: 6, width: 4, hidden: [5], outputs: 3, activation: "relu" } as const;
const former = { vocabulary: 9, length: 6, width: 8, heads: 2, blocks: 1 };
const images = blobs({ rows: 30, inputs: 16, classes: 3, separation: 1, labelNoise: 0, seed: 2 });

export const factorisation = (changes: Partial<Factorisation> = {}) =>
  factorisationProblem(about("nmf", ["w", "h"]), {
    matrix: lowRankMatrix({ rows: 13, columns: 21, rank: 4, noise: 0.1, seed: 1 }),
    rank: 3,
    batchColumns: 8,
    relativeNoise: 0,
    boundShare: 1,
    ...changes,
  });

export const smallProblems: readonly Problem[] = [
  quadratic(about("quadratic", ["point"]), {
    dimension: 6,
    condition: 30,
    largest: 2,
    startDistance: 1,
    noise: () => 0.3,
    curvature: (step) => (step < 20 ? 1 : 3),
  }),
  rosenbrock(about("rosenbrock", ["point"]), { dimension: 5, steepness: 10, startNoise: 0.1 }),
  network("linear", line, [], 1, meanSquaredError),
  network("logistic", halves, [], 1, logisticLoss),
  network("softmax", classes, [], 3, softmaxCrossEntropy),
  network("mlp-tanh", classes, [6, 5], 3, softmaxCrossEntropy, "tanh"),
  network("mlp-relu", classes, [6, 5], 3, softmaxCrossEntropy, "relu"),
  network("mlp-gelu", classes, [6, 5], 3, softmaxCrossEntropy, "gelu"),
  network("mlp-sigmoid", classes, [6, 5], 3, softmaxCrossEntropy, "sigmoid"),
  networkProblem(about("embedding-pool", poolGroups(pool)), {
    train: texts("class"),
    batchSize: 6,
    loss: softmaxCrossEntropy,
    build: embeddingNetwork(pool, "mean"),
  }),
  networkProblem(about("embedding-window", poolGroups(pool)), {
    train: texts("class"),
    batchSize: 6,
    loss: softmaxCrossEntropy,
    build: embeddingNetwork(pool, "side-by-side"),
  }),
  networkProblem(about("transformer", transformerGroups(former)), {
    train: texts("next"),
    batchSize: 3,
    loss: softmaxCrossEntropy,
    scoresPerRow: former.length,
    build: transformer(former),
  }),
  networkProblem(about("cnn", cnnGroups), {
    train: images,
    batchSize: 5,
    loss: softmaxCrossEntropy,
    build: cnn({ side: 4, filters: 3, outputs: 3 }),
  }),
  factorisation(),
  factorisation({ batchColumns: 21, relativeNoise: 0.1 }),
];
