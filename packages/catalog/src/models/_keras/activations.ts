import type * as tfc from "@tensorflow/tfjs-core";
import type { Tf } from "../../optimizer.ts";
import { gelu } from "../_sequence-layers.ts";
import { isObject, type LayerConfig } from "./config.ts";

type Activate = (tf: Tf, x: tfc.Tensor) => tfc.Tensor;

const activations: Readonly<Record<string, Activate>> = {
  linear: (_, x) => x,
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  elu: (tf, x) => tf.elu(x),
  selu: (tf, x) => tf.selu(x),
  gelu,
  tanh: (tf, x) => tf.tanh(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  softmax: (tf, x) => tf.softmax(x),
  softplus: (tf, x) => tf.softplus(x),
  softsign: (tf, x) => tf.div(x, tf.add(tf.abs(x), 1)),
  swish: (tf, x) => tf.mul(x, tf.sigmoid(x)),
  silu: (tf, x) => tf.mul(x, tf.sigmoid(x)),
};

/** Returns the name of a layer's activation; linear where it has none. */
export function activationOf(config: LayerConfig, key = "activation", fallback = "linear"): string {
  const value = config.get(key) ?? fallback;
  const name = isObject(value) ? String(value["class_name"] ?? value["config"]) : String(value);
  if (!(name in activations)) {
    throw config.problem(`${key} is "${name}", must be one of ${Object.keys(activations).join(", ")}`);
  }
  return name;
}

/** Returns the activated tensor. */
export const activate = (tf: Tf, name: string, x: tfc.Tensor): tfc.Tensor => activations[name]!(tf, x);
