import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model } from "../model.ts";
import { buildGraph, supportedLayers } from "./_keras/graph.ts";
import { lossNames, lossOf, takenOver, usualLoss } from "./_keras/losses.ts";
import { readTopology } from "./_keras/topology.ts";

const known = new Set(supportedLayers);
const longest = 1_000_000;

const topology = z
  .record(z.string(), z.unknown())
  .superRefine((json, context) => {
    try {
      if (JSON.stringify(json).length > longest) throw new Error(`model.topology is longer than ${longest} characters`);
      readTopology(json, known);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    }
  })
  .describe(
    `A Sequential or Functional model as JSON: model.to_json() of Keras 2 or 3, toJSON() or model.json of TensorFlow.js. Layers: ${supportedLayers.join(", ")}.`,
  );

const params = z
  .strictObject({
    kind: z.literal("keras"),
    topology,
    loss: z
      .enum(lossNames)
      .optional()
      .describe(
        "Absent: categorical-crossentropy, or mean-squared-error for regression. The cross-entropies take over a softmax or sigmoid at the end.",
      ),
  })
  .meta({ id: "KerasModel", title: "Keras topology" });

/** Any model that Keras can write as JSON, trained from fresh weights; every layer with weights is a group. */
export const keras: Model<typeof params> = {
  kind: "keras",
  params,
  doc: {
    title: "Keras topology",
    summary:
      "A model of your own, as the JSON that Keras or TensorFlow.js writes, with a loss. Weights start anew, by the layers' initialisers; regularisers add to the loss.",
    source: "layers as in Keras, F. Chollet et al.",
  },
  example: {
    kind: "keras",
    topology: {
      class_name: "Sequential",
      config: {
        layers: [
          { class_name: "Dense", config: { name: "hidden", units: 16, activation: "relu" } },
          { class_name: "Dropout", config: { name: "dropout", rate: 0.1 } },
          { class_name: "Dense", config: { name: "scores", units: 3, activation: "softmax" } },
        ],
      },
    },
  },
  tasks: ["classification", "text-classification", "next-token", "regression"],
  kernels: [
    "Conv2D",
    "Conv2DBackpropFilter",
    "Conv2DBackpropInput",
    "DepthwiseConv2dNative",
    "DepthwiseConv2dNativeBackpropFilter",
    "DepthwiseConv2dNativeBackpropInput",
    "MaxPool",
    "MaxPoolGrad",
    "AvgPool",
    "AvgPoolGrad",
    "GatherV2",
    "UnsortedSegmentSum",
  ],
  build(tf, { topology: json, loss: chosen }, { data, seed }) {
    const { task, shape, outputs, vocabulary } = data;
    const loss = chosen ?? usualLoss(task);
    if (task === "regression" && loss.endsWith("crossentropy")) {
      throw new Error(`model.loss ${loss} needs classes, and the dataset is for regression; use mean-squared-error`);
    }
    const graph = buildGraph(tf, readTopology(json, known), { shape, vocabulary, seed });
    const problem = misfit();
    if (problem !== undefined) {
      graph.dispose();
      throw new Error(problem);
    }
    // One sigmoid for two classes: its score against 0 is the second class's against the first's.
    const single = graph.shape.join() === "1" && task !== "regression";
    const beforeLast = takenOver[loss] === graph.lastActivation;
    return {
      weights: graph.trained,
      groups: [...new Set(graph.trained.map(({ group }) => group))],
      update: "joint",
      forward({ inputs, targets, size }, { training, step }) {
        const rows = task === "next-token" ? size * shape[0]! : size;
        const y = tf.reshape(graph.run(inputs, { training, step, size }, beforeLast), [rows, single ? 1 : outputs]);
        const wanted = single ? tf.slice(targets, [0, 1], [-1, 1]) : targets;
        const own = lossOf(tf, loss, y, wanted);
        const whole = graph.penalties.reduce((sum, penalty) => tf.add(sum, penalty()) as tfc.Scalar, own);
        return { loss: whole, outputs: single ? tf.concat([tf.zerosLike(y), y], 1) : y };
      },
      dispose: graph.dispose,
    };

    function misfit(): string | undefined {
      if (graph.trained.length === 0) return "model.topology has no layer with trainable weights";
      const wanted = task === "next-token" ? [shape[0]!, outputs] : [outputs];
      const single = loss === "binary-crossentropy" && task !== "regression" && outputs === 2;
      if (graph.shape.join() !== wanted.join() && !(single && graph.shape.join() === "1")) {
        return `model.topology ends in shape [${graph.shape}], but the dataset needs [${wanted}]; change the last layer's units`;
      }
      const last = graph.lastActivation;
      if (takenOver[loss] !== undefined && last !== "linear" && last !== takenOver[loss]) {
        return `model.topology ends in ${last}, but model.loss ${loss} needs ${takenOver[loss]} or no activation at the end`;
      }
      return undefined;
    }
  },
};
