import type * as tfc from "@tensorflow/tfjs-core";
import type { Tf } from "../../optimizer.ts";
import { activate } from "./activations.ts";
import type { LayerConfig, Shape } from "./config.ts";
import { denseLayers } from "./dense-layers.ts";
import { imageLayers } from "./image-layers.ts";
import { type BuiltLayer, type Collected, type LayerBuilder, type LayerPass, weightMaker } from "./layer.ts";
import { recurrentLayers } from "./recurrent-layers.ts";
import { shapeLayers } from "./shape-layers.ts";
import type { Topology } from "./topology.ts";

const builders: Readonly<Record<string, LayerBuilder>> = {
  ...denseLayers,
  ...imageLayers,
  ...recurrentLayers,
  ...shapeLayers,
};

/** Class names of all layers that can be built. */
export const supportedLayers: readonly string[] = ["InputLayer", ...Object.keys(builders)];

interface GraphInput {
  readonly shape: Shape;
  readonly vocabulary: number | undefined;
  readonly seed: number;
}

export interface Graph extends Collected {
  readonly shape: Shape;
  /** Activation of the last layer. */
  readonly lastActivation: string;
  /** Returns the output; without the last activation when `beforeLast`. */
  run(inputs: tfc.Tensor, pass: LayerPass, beforeLast: boolean): tfc.Tensor;
  dispose(): void;
}

/** Builds all layers for data of the given shape. Throws an Error naming the layer that does not fit; frees all then. */
export function buildGraph(tf: Tf, { layers, output }: Topology, { shape, vocabulary, seed }: GraphInput): Graph {
  const collected: Collected = { trained: [], frozen: [], penalties: [], shapes: [] };
  const dispose = (): void => tf.dispose([...collected.trained.map(({ variable }) => variable), ...collected.frozen]);
  const built = new Map<string, BuiltLayer>();
  try {
    for (const { config, from } of layers) {
      if (from.length === 0) checkInput(config, shape);
      if (config.className === "InputLayer") {
        built.set(config.name, { shape, call: ([x]) => x! });
        continue;
      }
      const inputs = from.length === 0 ? [shape] : from.map((name) => built.get(name)!.shape);
      const weight = weightMaker(tf, seed, config, collected);
      built.set(config.name, builders[config.className]!({ tf, seed, config, inputs, vocabulary, weight }));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  const last = built.get(output)!;
  return {
    ...collected,
    shape: last.shape,
    lastActivation: last.activation ?? "linear",
    run(inputs, pass, beforeLast) {
      const values = new Map<string, tfc.Tensor>();
      for (const { config, from } of layers) {
        const layer = built.get(config.name)!;
        const sources = from.length === 0 ? [inputs] : from.map((name) => values.get(name)!);
        const value = layer.call(sources, pass);
        const skip = layer.activation === undefined || (beforeLast && config.name === output);
        values.set(config.name, skip ? value : activate(tf, layer.activation, value));
      }
      return values.get(output)!;
    },
    dispose,
  };
}

/** Compares a declared input shape with the data's; null in it fits everything. */
function checkInput(config: LayerConfig, shape: Shape): void {
  const declared = config.get("batch_input_shape") ?? config.get("batch_shape");
  const own: unknown = Array.isArray(declared) ? declared.slice(1) : config.get("input_shape");
  if (!Array.isArray(own)) return;
  const fits = own.length === shape.length && own.every((n, i) => n === null || n === shape[i]);
  if (fits) return;
  throw config.problem(
    `it takes inputs of shape [${own.map((n) => n ?? "any").join(", ")}], but the dataset has [${shape.join(", ")}]`,
  );
}
