/** Layers of weights over the last axis, and those that change values one by one. */
import type * as tfc from "@tensorflow/tfjs-core";
import { dropped } from "../_layers.ts";
import { layerNorm, lookUp } from "../_sequence-layers.ts";
import { activationOf } from "./activations.ts";
import { type LayerBuilder, type LayerContext, sizeOf, soleInput } from "./layer.ts";

const dense: LayerBuilder = (context) => {
  const { tf, config, weight } = context;
  const input = soleInput(context);
  const [width, units] = [input.at(-1)!, config.count("units")];
  if (input.length === 0) throw config.problem("its input has no axis beside the batch");
  const kernel = weight("kernel", [width, units], "glorot_uniform");
  const bias = config.flag("use_bias", true) ? weight("bias", [units], "zeros") : undefined;
  const shape = [...input.slice(0, -1), units];
  return {
    shape,
    activation: activationOf(config),
    call([x], { size }) {
      const rows = tf.reshape(x!, [(size * sizeOf(input)) / width, width]) as tfc.Tensor2D;
      const product = tf.matMul(rows, kernel as tfc.Tensor2D);
      return tf.reshape(bias ? tf.add(product, bias) : product, [size, ...shape]);
    },
  };
};

const embedding: LayerBuilder = (context) => {
  const { tf, config, weight, vocabulary } = context;
  const input = soleInput(context);
  const [tokens, width] = [config.count("input_dim"), config.count("output_dim")];
  config.only("mask_zero", false, "no layer here would leave the masked places out");
  if (vocabulary === undefined) throw config.problem("it reads tokens, and the dataset's inputs are none; take a text");
  if (tokens < vocabulary) {
    throw config.problem(`input_dim is ${tokens}, but the dataset has ${vocabulary} tokens; give at least as many`);
  }
  const table = weight("embeddings", [tokens, width], "random_uniform");
  const shape = [...input, width];
  return { shape, call: ([x], { size }) => tf.reshape(lookUp(tf, table, x!), [size, ...shape]) };
};

const layerNormalization: LayerBuilder = (context) => {
  const { tf, config, weight } = context;
  const shape = soleInput(context);
  const axis: unknown = config.get("axis") ?? -1;
  const last = Array.isArray(axis) && axis.length === 1 ? (axis as unknown[])[0] : axis;
  if (last !== -1 && last !== shape.length) {
    throw config.problem(`axis is ${JSON.stringify(axis)}, but only the last one, -1, is supported`);
  }
  const epsilon = config.number("epsilon", { min: 0, max: 1, fallback: 1e-3 });
  const part = (flag: string, name: string, start: string): tfc.Tensor | undefined =>
    config.flag(flag, true) ? weight(name, [shape.at(-1)!], start) : undefined;
  const [scale, shift] = [part("scale", "gamma", "ones"), part("center", "beta", "zeros")];
  return {
    shape,
    call: ([x]) => layerNorm(tf, x!, scale ?? tf.ones([shape.at(-1)!]), shift ?? tf.zeros([shape.at(-1)!]), epsilon),
  };
};

const dropout: LayerBuilder = (context) => {
  const { tf, seed, config } = context;
  const rate = config.number("rate", { min: 0, max: 0.999 });
  config.only("noise_shape", undefined, "every value is dropped on its own");
  return {
    shape: soleInput(context),
    call: ([x], { training, step }) => (training && rate > 0 ? dropped(tf, x!, rate, seed, config.name, step) : x!),
  };
};

const through =
  (activation: (context: LayerContext) => string): LayerBuilder =>
  (context) => ({ shape: soleInput(context), activation: activation(context), call: ([x]) => x! });

const softmax = through((context) => {
  context.config.only("axis", -1, "the last axis holds the classes");
  return "softmax";
});

const relu = through(({ config }) => {
  for (const key of ["negative_slope", "threshold"]) config.only(key, 0, "use LeakyReLU for a slope");
  const most = config.get("max_value");
  if (most !== undefined && most !== 6)
    throw config.problem(`max_value is ${JSON.stringify(most)}, must be 6 or absent`);
  return most === 6 ? "relu6" : "relu";
});

const leakyRelu: LayerBuilder = (context) => {
  const { tf, config } = context;
  const key = config.get("negative_slope") === undefined ? "alpha" : "negative_slope";
  const slope = config.number(key, { min: 0, max: 1, fallback: 0.3 });
  return { shape: soleInput(context), call: ([x]) => tf.leakyRelu(x!, slope) };
};

const rescaling: LayerBuilder = (context) => {
  const { tf, config } = context;
  const scale = config.number("scale", { min: -1e9, max: 1e9 });
  const offset = config.number("offset", { min: -1e9, max: 1e9, fallback: 0 });
  return { shape: soleInput(context), call: ([x]) => tf.add(tf.mul(x!, scale), offset) };
};

export const denseLayers: Readonly<Record<string, LayerBuilder>> = {
  Dense: dense,
  Embedding: embedding,
  LayerNormalization: layerNormalization,
  Dropout: dropout,
  Activation: through(({ config }) => activationOf(config)),
  ReLU: relu,
  LeakyReLU: leakyRelu,
  Softmax: softmax,
  Rescaling: rescaling,
};
