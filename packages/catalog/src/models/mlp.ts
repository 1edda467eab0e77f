import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model, Weight } from "../model.ts";
import { activate, activation, bias, checkModelSize, denseLayer, dropout, dropped, kernel } from "./_layers.ts";
import { chosenLoss, lossFields } from "../losses/_spec.ts";

const params = z
  .strictObject({
    kind: z.literal("mlp"),
    hidden: z
      .array(z.int().min(1).max(8192))
      .max(16)
      .default([64])
      .describe("Width of each hidden layer; [] is linear or softmax regression."),
    activation,
    dropout,
    start: z
      .enum(["random", "zero"])
      .default("random")
      .describe("Initial weights; zero only makes sense without hidden layers."),
    ...lossFields,
  })
  .refine(({ start, hidden }) => start === "random" || hidden.length === 0, {
    path: ["start"],
    error: "zero needs hidden = [], because equal hidden units never learn different things",
  })
  .meta({ id: "MlpModel", title: "Multi-layer perceptron" });

/** A multi-layer perceptron; every layer is a group. */
export const mlp: Model<typeof params> = {
  kind: "mlp",
  params,
  doc: {
    title: "Multi-layer perceptron",
    summary: "Dense layers with an activation between them. Without hidden layers it is softmax or linear regression.",
    source: "He initialisation for relu (arXiv:1502.01852), Glorot otherwise",
  },
  example: { kind: "mlp", hidden: [64] },
  tasks: ["classification", "regression"],
  kernels: [],
  build(tf, { hidden, activation: kind, dropout: rate, start, ...chosen }, { data, seed }) {
    const sizes = [data.shape.reduce((a, b) => a * b, 1), ...hidden, data.outputs];
    checkModelSize(
      "model.hidden",
      sizes.slice(1).map((size, i) => [sizes[i]!, size]),
    );
    const loss = chosenLoss(tf, chosen, data.task);
    const groups = [...hidden.map((_, i) => `hidden-${i + 1}`), "output"];
    const weights: Weight[] = groups.flatMap((group, i) => {
      const init = start === "zero" ? "zero" : kind === "relu" && i < hidden.length ? "he" : "glorot";
      return [kernel(tf, seed, group, [sizes[i]!, sizes[i + 1]!], init), bias(tf, group, sizes[i + 1]!)];
    });
    return {
      weights,
      groups,
      update: "joint",
      forward({ inputs, targets, size }, { training, step }) {
        let x: tfc.Tensor = tf.reshape(inputs, [size, sizes[0]!]);
        groups.forEach((group, i) => {
          const [w, b] = [weights[2 * i]!.variable, weights[2 * i + 1]!.variable];
          const last = i === hidden.length;
          x = denseLayer(tf, x as tfc.Tensor2D, w, b, !last && kind === "relu");
          if (last) return;
          if (kind !== "relu") x = activate(tf, kind, x);
          if (training && rate > 0) x = dropped(tf, x, rate, seed, group, step);
        });
        return { loss: loss(x as tfc.Tensor2D, targets as tfc.Tensor2D, weights), outputs: x };
      },
      dispose: () => tf.dispose(weights.map(({ variable }) => variable)),
    };
  },
};
