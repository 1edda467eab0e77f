/** What every layer builder gets and gives. */
import type * as tfc from "@tensorflow/tfjs-core";
import type { Weight } from "../../model.ts";
import type { Tf } from "../../optimizer.ts";
import { checkModelSize } from "../_layers.ts";
import { isObject, type LayerConfig, type Shape } from "./config.ts";
import { initialValues } from "./initialisers.ts";

export interface LayerPass {
  readonly training: boolean;
  readonly step: number;
  /** Examples in the batch. */
  readonly size: number;
}

export interface BuiltLayer {
  /** Of the output, without the batch axis. */
  readonly shape: Shape;
  /** Everything before the activation. */
  call(inputs: readonly tfc.Tensor[], pass: LayerPass): tfc.Tensor;
  /** Name of the activation, applied after `call`. */
  readonly activation?: string;
}

/** Makes a layer's weights while it is built; they are collected by the model. */
export interface LayerContext {
  readonly tf: Tf;
  readonly seed: number;
  readonly config: LayerConfig;
  readonly inputs: readonly Shape[];
  /** Distinct tokens of the dataset; undefined when its inputs are no tokens. */
  readonly vocabulary: number | undefined;
  /**
   * Returns a new weight. Its start follows the layer's `<name>_initializer`, else `initialiser`; `<name>_regularizer` adds
   * to the loss. `adjust` may change the start values.
   */
  weight(name: string, shape: Shape, initialiser: string, adjust?: (values: Float32Array) => void): tfc.Variable;
}

export type LayerBuilder = (context: LayerContext) => BuiltLayer;

/** Weights and penalties of all layers. */
export interface Collected {
  readonly trained: Weight[];
  readonly frozen: tfc.Variable[];
  readonly penalties: (() => tfc.Scalar)[];
  /** Shapes of all weights so far. */
  readonly shapes: Shape[];
}

/** Returns the maker of one layer's weights. A layer with `trainable: false` keeps its start values. */
export function weightMaker(tf: Tf, seed: number, config: LayerConfig, into: Collected): LayerContext["weight"] {
  const trainable = config.flag("trainable", true);
  return (name, shape, initialiser, adjust) => {
    const key = `${config.name}/${name}`;
    into.shapes.push(shape);
    checkModelSize("model.topology", into.shapes);
    // Keras writes depthwise_initializer for depthwise_kernel; a GRU's second bias follows bias_initializer.
    const field = name === "recurrent_bias" ? "bias" : name.replace(/_kernel$/, "");
    const values = initialValues(config, `${field}_initializer`, initialiser, shape, { seed, purpose: `init/${key}` });
    adjust?.(values);
    const start = tf.tensor(values, [...shape], "float32");
    const variable = tf.variable(start, trainable);
    start.dispose();
    if (trainable) into.trained.push({ name: key, group: config.name, variable });
    else into.frozen.push(variable);
    const penalty = penaltyOf(tf, config, `${field}_regularizer`, variable);
    if (penalty && trainable) into.penalties.push(penalty);
    return variable;
  };
}

function penaltyOf(tf: Tf, config: LayerConfig, key: string, weight: tfc.Variable): (() => tfc.Scalar) | undefined {
  const given = config.get(key);
  if (given === undefined) return undefined;
  const inner = isObject(given) && isObject(given["config"]) ? given["config"] : undefined;
  const className = isObject(given) ? String(given["class_name"]) : String(given);
  if (!inner || !["L1", "L2", "L1L2"].includes(className)) {
    throw config.problem(`${key} is ${className}, must be L1, L2 or L1L2`);
  }
  const [l1, l2] = ["l1", "l2"].map((part) => Number(inner[part] ?? 0)) as [number, number];
  if (!(l1 >= 0 && l2 >= 0)) throw config.problem(`${key} has l1 ${l1} and l2 ${l2}, must be numbers ≥ 0`);
  return () =>
    tf.add(
      l1 > 0 ? tf.mul(tf.sum(tf.abs(weight)), l1) : 0,
      l2 > 0 ? tf.mul(tf.sum(tf.square(weight)), l2) : 0,
    ) as tfc.Scalar;
}

/** Returns the only input's shape, checked for its rank. */
export function soleInput({ config, inputs }: LayerContext, ...ranks: readonly number[]): Shape {
  const [shape] = inputs;
  if (!shape || inputs.length !== 1) throw config.problem(`it must read one layer, not ${inputs.length}`);
  if (ranks.length > 0 && !ranks.includes(shape.length)) {
    throw config.problem(
      `its input has shape [${shape}], must have ${ranks.join(" or ")} ${ranks.join() === "1" ? "axis" : "axes"} beside the batch`,
    );
  }
  return shape;
}

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
