import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model, Weight } from "../model.ts";
import { bias, checkModelSize, dropout, dropped, kernel } from "./_layers.ts";
import { chosenLoss, lossFields } from "../losses/_spec.ts";

const params = z
  .strictObject({
    kind: z.literal("cnn"),
    filters: z
      .array(z.int().min(1).max(512))
      .min(1)
      .max(6)
      .default([16, 32])
      .describe("Filters of each block: 3 × 3 convolution, relu, 2 × 2 max pooling."),
    kernelSize: z.int().min(1).max(7).default(3).describe("Height and width of each convolution."),
    dropout,
    ...lossFields,
  })
  .meta({ id: "CnnModel", title: "Convolutional network" });

/** A small convolutional classifier; every block and the output layer are groups. */
export const cnn: Model<typeof params> = {
  kind: "cnn",
  params,
  doc: {
    title: "Convolutional network",
    summary: "Blocks of convolution, relu and max pooling, then one dense layer.",
    source: "Y. LeCun et al.: Gradient-based learning applied to document recognition, 1998; He initialisation",
  },
  example: { kind: "cnn", filters: [16, 32] },
  tasks: ["classification", "regression"],
  kernels: ["Conv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput", "MaxPool", "MaxPoolGrad"],
  build(tf, { filters, kernelSize, dropout: rate, ...chosen }, { data, seed }) {
    const [height, width, channels] = data.shape;
    if (data.shape.length !== 3) {
      throw new Error(`model.kind cnn needs images (height, width, channels), the dataset has shape [${data.shape}]`);
    }
    const shrink = 2 ** filters.length;
    const [outHeight, outWidth] = [Math.floor(height! / shrink), Math.floor(width! / shrink)];
    if (outHeight < 1 || outWidth < 1) {
      throw new Error(`model.filters has ${filters.length} blocks, too many for ${height} × ${width} images`);
    }
    const depths = [channels!, ...filters];
    const flat = outHeight * outWidth * depths.at(-1)!;
    checkModelSize("model.filters", [
      ...filters.map((depth, i) => [kernelSize, kernelSize, depths[i]!, depth]),
      [flat, data.outputs],
    ]);
    const blocks = filters.map((_, i) => `block-${i + 1}`);
    const loss = chosenLoss(tf, chosen, data.task);
    const groups = [...blocks, "output"];
    const weights: Weight[] = [
      ...blocks.flatMap((group, i) => [
        kernel(tf, seed, group, [kernelSize, kernelSize, depths[i]!, depths[i + 1]!], "he"),
        bias(tf, group, depths[i + 1]!),
      ]),
      kernel(tf, seed, "output", [flat, data.outputs], "glorot"),
      bias(tf, "output", data.outputs),
    ];
    return {
      weights,
      groups,
      update: "joint",
      forward({ inputs, targets, size }, { training, step }) {
        let x = inputs as tfc.Tensor4D;
        blocks.forEach((_, i) => {
          const [w, b] = [weights[2 * i]!.variable, weights[2 * i + 1]!.variable];
          x = tf.relu(tf.add(tf.conv2d(x, w as tfc.Tensor4D, 1, "same"), b)) as tfc.Tensor4D;
          x = tf.maxPool(x, 2, 2, "valid");
        });
        let features: tfc.Tensor = tf.reshape(x, [size, flat]);
        if (training && rate > 0) features = dropped(tf, features, rate, seed, "output", step);
        const [w, b] = weights.slice(-2).map(({ variable }) => variable) as [tfc.Variable, tfc.Variable];
        const logits = tf.add(tf.matMul(features as tfc.Tensor2D, w as tfc.Tensor2D), b) as tfc.Tensor2D;
        return { loss: loss(logits, targets as tfc.Tensor2D, weights), outputs: logits };
      },
      dispose: () => tf.dispose(weights.map(({ variable }) => variable)),
    };
  },
};
