import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Model, Weight } from "../model.ts";
import { attentionBlock, blockShapes } from "./_attention.ts";
import { bias, checkModelSize, dropout, dropped, kernel } from "./_layers.ts";
import { softmaxCrossEntropy } from "./_losses.ts";
import { dense, layerNorm, lookUp, normWeights, pooled, table } from "./_sequence-layers.ts";

const params = z
  .strictObject({
    kind: z.literal("transformer"),
    width: z.int().min(2).max(1024).default(64).describe("Numbers that stand for one token; a multiple of heads."),
    heads: z.int().min(1).max(64).default(4).describe("Attention heads of each block."),
    blocks: z.int().min(1).max(24).default(2).describe("Blocks of attention and a GELU network four times as wide."),
    dropout,
  })
  .refine(({ width, heads }) => width % heads === 0, { path: ["width"], error: "must be a multiple of heads" })
  .meta({ id: "TransformerModel", title: "Transformer" });

/** What is added to the score of a place that must not be seen: its softmax is 0 in float32. */
const hidden = -1e9;

/** A small pre-norm transformer; tables, every block and the output layer are groups. */
export const transformer: Model<typeof params> = {
  kind: "transformer",
  params,
  doc: {
    title: "Transformer",
    summary:
      "Token and position embeddings, blocks of pre-norm attention and a GELU network. Predicts the next token (each place sees only those before it) or the class of a text.",
    source: "A. Vaswani et al., arXiv:1706.03762; pre-norm blocks as in GPT-2, R. Xiong et al., arXiv:2002.04745",
  },
  example: { kind: "transformer", width: 16, heads: 2, blocks: 1 },
  tasks: ["next-token", "text-classification"],
  kernels: ["GatherV2", "UnsortedSegmentSum", "SplitV", "Softmax"],
  build(tf, { width, heads, blocks: count, dropout: rate }, { data, seed }) {
    const vocabulary = data.vocabulary!;
    const length = data.shape[0]!;
    const causal = data.task === "next-token";
    const groups = ["embedding", ...Array.from({ length: count }, (_, i) => `block-${i + 1}`), "output"];
    checkModelSize("model.width", [
      [vocabulary + length, width],
      ...Array.from({ length: count }, () => blockShapes(width)).flat(),
      [width, data.outputs],
    ]);
    const tokens = table(tf, seed, { group: "embedding", name: "tokens" }, [vocabulary, width], 0.1);
    const places = table(tf, seed, { group: "embedding", name: "places" }, [length, width], 0.1);
    const blocks = groups.slice(1, -1).map((group) => attentionBlock(tf, seed, group, { width, heads, length }));
    const outputNorm = normWeights(tf, "output", "norm", width);
    const output: [Weight, Weight] = [
      kernel(tf, seed, "output", [width, data.outputs], "glorot"),
      bias(tf, "output", data.outputs),
    ];
    const weights = [tokens, places, ...blocks.flatMap((block) => block.weights), ...outputNorm, ...output];
    const later = tf.tidy(() => tf.tensor(laterPlaces(length), [1, 1, length, length], "float32"));
    return {
      weights,
      groups,
      update: "joint",
      forward({ inputs, targets, size }, { training, step }) {
        const dropping = training ? rate : 0;
        const embedded = tf.reshape(lookUp(tf, tokens.variable, inputs), [size, length, width]);
        let x: tfc.Tensor = tf.reshape(tf.add(embedded, places.variable), [size * length, width]);
        if (dropping > 0) x = dropped(tf, x, dropping, seed, "embedding", step);
        const mask = causal ? later : paddingMask(inputs, size);
        for (const block of blocks) x = block.apply({ x, size, mask, rate: dropping, step });
        x = layerNorm(tf, x, outputNorm[0].variable, outputNorm[1].variable);
        if (!causal) x = pooled(tf, tf.reshape(x, [size, length, width]), inputs);
        const logits = dense(tf, x, ...output);
        return { loss: softmaxCrossEntropy(tf, logits, targets as tfc.Tensor2D), outputs: logits };
      },
      dispose: () => tf.dispose([...weights.map(({ variable }) => variable), later]),
    };

    function paddingMask(inputs: tfc.Tensor, size: number): tfc.Tensor {
      const padding = tf.cast(tf.equal(inputs, 0), "float32");
      return tf.reshape(tf.mul(padding, hidden), [size, 1, 1, length]);
    }
  },
};

function laterPlaces(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? hidden : 0));
}
