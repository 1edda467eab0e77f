/** A dense network with tanh between its layers and a linear end, on the layers of the array engine. */
import type { PolicyNetwork, Random } from "@etude/catalog";
import { activation } from "../engine/layers/activation.ts";
import { dense } from "../engine/layers/dense.ts";
import type { Layer } from "../engine/layers/layer.ts";

export interface Network {
  /** Units of each layer, the inputs first. */
  readonly sizes: readonly number[];
  /** Kernel (inputs × outputs) and bias of each layer in turn; they change in place. */
  readonly weights: readonly Float64Array[];
  /** Returns the outputs of some rows; the next call overwrites them. */
  forward(inputs: Float64Array, rows: number): Float64Array;
  /** Writes the gradient of each weight, from that of the outputs of the last `forward`. */
  backward(outputGradient: Float64Array, rows: number, gradients: readonly Float64Array[]): void;
}

/** Most rows in one pass. */
export const largestBatch = 4096;

/** Returns a network that is all zero. */
export function emptyNetwork(sizes: readonly number[]): Network {
  const last = sizes.length - 1;
  const layers = sizes.slice(1).flatMap((outputs, at): Layer[] => {
    const own = dense({ capacity: largestBatch, seed: 0, name: String(at) }, sizes[at]!, outputs, "zero");
    return at + 1 < last ? [own, activation("tanh", largestBatch, outputs)] : [own];
  });
  return {
    sizes,
    weights: layers.flatMap((layer) => layer.weights),
    forward: (inputs, rows) => layers.reduce((values, layer) => layer.forward(values, rows), inputs),
    backward(outputGradient, rows, gradients) {
      let end = gradients.length;
      let gradient: Float64Array | undefined = outputGradient;
      for (let at = layers.length - 1; at >= 0; at--) {
        const layer = layers[at]!;
        const own = gradients.slice(end - layer.weights.length, end);
        end -= layer.weights.length;
        gradient = layer.backward(gradient!, rows, own, at === 0);
      }
    },
  };
}

/** Returns a network whose weights have variance 1 / inputs; those of the last layer are `lastScale` times as large. */
export function createNetwork(sizes: readonly number[], random: Random, lastScale: number): Network {
  const network = emptyNetwork(sizes);
  for (let at = 0; at + 1 < sizes.length; at++) {
    const kernel = network.weights[2 * at]!;
    const scale = (at + 2 === sizes.length ? lastScale : 1) / Math.sqrt(sizes[at]!);
    for (let i = 0; i < kernel.length; i++) kernel[i] = scale * random.normal();
  }
  return network;
}

/** Returns the network as plain JSON with one row an output, rounded to `digits` significant digits when given. */
export function toJson({ sizes, weights }: Network, digits?: number): PolicyNetwork {
  const shown = (value: number): number => (digits ? Number(value.toPrecision(digits)) : value);
  const layers = sizes.slice(1).map((outputs, at) => {
    const inputs = sizes[at]!;
    const kernel = weights[2 * at]!;
    return {
      weights: Array.from({ length: kernel.length }, (_, i) =>
        shown(kernel[(i % inputs) * outputs + Math.floor(i / inputs)]!),
      ),
      biases: Array.from(weights[2 * at + 1]!, shown),
    };
  });
  return { layers };
}

/** Returns the network of a policy. */
export function fromJson({ layers }: PolicyNetwork): Network {
  const inputs = layers[0]!.weights.length / layers[0]!.biases.length;
  const network = emptyNetwork([inputs, ...layers.map(({ biases }) => biases.length)]);
  for (const [at, { weights, biases }] of layers.entries()) {
    const width = weights.length / biases.length;
    network.weights[2 * at + 1]!.set(biases);
    for (const [i, weight] of weights.entries()) {
      network.weights[2 * at]![(i % width) * biases.length + Math.floor(i / width)] = weight;
    }
  }
  return network;
}
