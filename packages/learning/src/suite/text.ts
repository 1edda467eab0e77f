import { softmaxCrossEntropy } from "../engine/layers/losses.ts";
import { networkProblem, type Rows } from "../engine/network.ts";
import type { Problem } from "../engine/problem.ts";
import { embeddingNetwork, poolGroups, transformer, transformerGroups } from "../engine/text-networks.ts";
import { dataOf, type Files, partsOf } from "./data.ts";
import { optimizer } from "./optimizer.ts";

/** The era of a passage of a speech from the mean of its words' vectors. */
export const speechesPool = (files: Files): Problem => {
  const shape = { vocabulary: 1000, length: 48, width: 16, hidden: [32], outputs: 4, activation: "relu" } as const;
  return networkProblem(
    {
      id: "speeches-pool",
      family: "speeches-pool",
      title: "Bag of words of State of the Union passages, one hidden layer, Adam",
      domain: "text",
      steps: 400,
      optimizer: optimizer("adam"),
      groups: poolGroups(shape),
      resolution: 1e-3,
    },
    {
      ...partsOf({ kind: "speeches", vocabulary: shape.vocabulary, perSpeech: 8 }, files),
      batchSize: 32,
      loss: softmaxCrossEntropy,
      build: embeddingNetwork(shape, "mean"),
    },
  );
};

/** The next character of a novel from the eight before it. */
export const charWindow = (files: Files): Problem => {
  const length = 8;
  const spec = { kind: "moby-dick", length, characters: 24_000 } as const;
  const { train, validation } = partsOf(spec, files);
  const vocabulary = dataOf(spec, files).vocabulary!;
  const shape = { vocabulary, length, width: 8, hidden: [32], outputs: vocabulary, activation: "relu" } as const;
  const nextOnly = (rows: Rows): Rows => ({
    ...rows,
    targets: Float64Array.from({ length: rows.count }, (_, row) => rows.targets[(row + 1) * length - 1]!),
  });
  return networkProblem(
    {
      id: "char-window",
      family: "char-window",
      title: "Next character of Moby-Dick from the eight before it, one hidden layer, momentum",
      domain: "text",
      steps: 500,
      optimizer: optimizer("momentum"),
      groups: poolGroups(shape),
      resolution: 1e-3,
    },
    {
      train: nextOnly(train),
      validation: nextOnly(validation),
      batchSize: 32,
      loss: softmaxCrossEntropy,
      build: embeddingNetwork(shape, "side-by-side"),
    },
  );
};

/** A transformer with one block on the characters of a novel. */
export const charTransformer = (files: Files): Problem => {
  const spec = { kind: "moby-dick", length: 16, characters: 16_000 } as const;
  const shape = { vocabulary: dataOf(spec, files).vocabulary!, length: 16, width: 32, heads: 2, blocks: 1 };
  return networkProblem(
    {
      id: "char-transformer",
      family: "char-transformer",
      title: "Transformer of one block and width 32 on the characters of Moby-Dick, AdamW",
      domain: "text",
      steps: 300,
      optimizer: optimizer("adamw"),
      groups: transformerGroups(shape),
      resolution: 1e-3,
    },
    {
      ...partsOf(spec, files),
      batchSize: 8,
      loss: softmaxCrossEntropy,
      scoresPerRow: shape.length,
      build: transformer(shape),
    },
  );
};
