import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model, Weight } from "../model.ts";
import { buildGraph, supportedLayers } from "./_keras/graph.ts";
import { readTopology } from "./_keras/topology.ts";
import { bias, checkModelSize, dropout, dropped, kernel } from "./_layers.ts";
import { softmaxCrossEntropy } from "./_losses.ts";
import { dense, lookUp, pooled, table } from "./_sequence-layers.ts";

/** Keras layer of each cell, and how many matrices its kernel holds side by side. */
const cells = {
  gru: { className: "GRU", gates: 3 },
  lstm: { className: "LSTM", gates: 4 },
  simple: { className: "SimpleRNN", gates: 1 },
} as const;
const known = new Set(supportedLayers);

const params = z
  .strictObject({
    kind: z.literal("recurrent"),
    cell: z
      .enum(["gru", "lstm", "simple"])
      .default("gru")
      .describe("gru and lstm have gates that keep what matters; simple has none and forgets fast."),
    embedding: z.int().min(1).max(1024).default(32).describe("Numbers that stand for one token."),
    units: z
      .array(z.int().min(1).max(4096))
      .min(1)
      .max(8)
      .default([64])
      .describe("Width of the state of each layer, one layer on the other."),
    dropout,
  })
  .meta({ id: "RecurrentModel", title: "Recurrent network" });

/** Reads a text token by token; the table, every layer and the output are groups. */
export const recurrent: Model<typeof params> = {
  kind: "recurrent",
  params,
  doc: {
    title: "Recurrent network",
    summary:
      "Reads tokens in their order and keeps a state. Texts are classified by the mean of its states, the next token is told from each.",
    source: "K. Cho et al., arXiv:1406.1078 (GRU); S. Hochreiter, J. Schmidhuber: Long Short-Term Memory, 1997",
  },
  example: { kind: "recurrent", embedding: 8, units: [12] },
  tasks: ["text-classification", "next-token"],
  kernels: ["GatherV2", "UnsortedSegmentSum", "SplitV", "Unpack", "Pack"],
  build(tf, { cell, embedding, units, dropout: rate }, { data, seed }) {
    const length = data.shape[0]!;
    const width = units.at(-1)!;
    const { className, gates } = cells[cell];
    checkModelSize("model.units", [
      [data.vocabulary!, embedding],
      ...units.map((count, i) => [(units[i - 1] ?? embedding) + count, gates * count]),
      [width, data.outputs],
    ]);
    const layers = units.map((count, i) => ({
      class_name: className,
      config: { name: `layer-${i + 1}`, units: count, return_sequences: true },
    }));
    const topology = readTopology({ class_name: "Sequential", config: { layers } }, known);
    const states = buildGraph(tf, topology, { shape: [length, embedding], vocabulary: undefined, seed });
    const tokens = table(tf, seed, { group: "embedding", name: "table" }, [data.vocabulary!, embedding], 0.1);
    const output = [
      kernel(tf, seed, "output", [width, data.outputs], "glorot"),
      bias(tf, "output", data.outputs),
    ] as const;
    const weights: Weight[] = [tokens, ...states.trained, ...output];
    return {
      weights,
      groups: [...new Set(weights.map(({ group }) => group))],
      update: "joint",
      forward({ inputs, targets, size }, { training, step }) {
        const dropping = training ? rate : 0;
        let x: tfc.Tensor = tf.reshape(lookUp(tf, tokens.variable, inputs), [size, length, embedding]);
        if (dropping > 0) x = dropped(tf, x, dropping, seed, "embedding", step);
        x = states.run(x, { training, step, size }, false);
        // Padding is at the end, so no state of a word has seen it; the mean leaves the states after it out.
        x = data.task === "next-token" ? tf.reshape(x, [size * length, width]) : pooled(tf, x, inputs);
        if (dropping > 0) x = dropped(tf, x, dropping, seed, "output", step);
        const logits = dense(tf, x, ...output);
        return { loss: softmaxCrossEntropy(tf, logits, targets as tfc.Tensor2D), outputs: logits };
      },
      dispose() {
        states.dispose();
        tf.dispose([tokens, ...output].map(({ variable }) => variable));
      },
    };
  },
};
