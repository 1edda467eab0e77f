import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model, Weight } from "../model.ts";
import { activate, activation, bias, checkModelSize, dropout, dropped, kernel } from "./_layers.ts";
import { softmaxCrossEntropy } from "./_losses.ts";
import { dense, lookUp, pooled, table } from "./_sequence-layers.ts";

const params = z
  .strictObject({
    kind: z.literal("embedding-pool"),
    width: z.int().min(1).max(1024).default(32).describe("Numbers that stand for one word."),
    hidden: z
      .array(z.int().min(1).max(8192))
      .max(16)
      .default([])
      .describe("Width of each hidden layer after the mean; [] is linear."),
    activation,
    dropout,
  })
  .meta({ id: "EmbeddingPoolModel", title: "Embedding pool" });

/** Looks up a vector for each word and classifies their mean; the table and every layer are groups. */
export const embeddingPool: Model<typeof params> = {
  kind: "embedding-pool",
  params,
  doc: {
    title: "Embedding pool",
    summary: "Classifies a text by the mean of its words' learned vectors: fast, and blind to their order.",
    source: "A. Joulin et al.: Bag of Tricks for Efficient Text Classification, arXiv:1607.01759",
  },
  example: { kind: "embedding-pool", width: 16 },
  tasks: ["text-classification"],
  kernels: ["GatherV2", "UnsortedSegmentSum"],
  build(tf, { width, hidden, activation: kind, dropout: rate }, { data, seed }) {
    const vocabulary = data.vocabulary!;
    const length = data.shape[0]!;
    const sizes = [width, ...hidden, data.outputs];
    checkModelSize("model.width", [[vocabulary, width], ...sizes.slice(1).map((size, i) => [sizes[i]!, size])]);
    const layers = [...hidden.map((_, i) => `hidden-${i + 1}`), "output"];
    const weights: Weight[] = [
      table(tf, seed, { group: "embedding", name: "table" }, [vocabulary, width], 0.1),
      ...layers.flatMap((group, i) => [
        kernel(tf, seed, group, [sizes[i]!, sizes[i + 1]!], kind === "relu" && i < hidden.length ? "he" : "glorot"),
        bias(tf, group, sizes[i + 1]!),
      ]),
    ];
    return {
      weights,
      groups: ["embedding", ...layers],
      update: "joint",
      forward({ inputs, targets, size }, { training, step }) {
        const words = tf.reshape(lookUp(tf, weights[0]!.variable, inputs), [size, length, width]);
        let x: tfc.Tensor = pooled(tf, words, inputs);
        if (training && rate > 0) x = dropped(tf, x, rate, seed, "embedding", step);
        layers.forEach((group, i) => {
          x = dense(tf, x, weights[2 * i + 1]!, weights[2 * i + 2]!);
          if (i === hidden.length) return;
          x = activate(tf, kind, x);
          if (training && rate > 0) x = dropped(tf, x, rate, seed, group, step);
        });
        return { loss: softmaxCrossEntropy(tf, x as tfc.Tensor2D, targets as tfc.Tensor2D), outputs: x };
      },
      dispose: () => tf.dispose(weights.map(({ variable }) => variable)),
    };
  },
};
