/** A dense network with tanh between its layers and a linear end, in one flat array, with its gradient by hand. */
import type { PolicyNetwork, Random } from "@etude/catalog";

export interface Network {
  /** Units of each layer, the inputs first. */
  readonly sizes: readonly number[];
  /** For each layer its weights, row-major with one row an output, then its biases. */
  readonly parameters: Float64Array;
}

/** What a forward pass leaves for the backward one: the values of each layer, the inputs first. */
export type Activations = readonly Float64Array[];

const parameterCount = (sizes: readonly number[]): number =>
  sizes.slice(1).reduce((sum, outputs, depth) => sum + outputs * (sizes[depth]! + 1), 0);

/** Returns a network whose weights have variance 1 / inputs; those of the last layer are `lastScale` times as large. */
export function createNetwork(sizes: readonly number[], random: Random, lastScale: number): Network {
  const parameters = new Float64Array(parameterCount(sizes));
  let at = 0;
  for (let depth = 1; depth < sizes.length; depth++) {
    const [inputs, outputs] = [sizes[depth - 1]!, sizes[depth]!];
    const scale = (depth === sizes.length - 1 ? lastScale : 1) / Math.sqrt(inputs);
    for (let i = 0; i < inputs * outputs; i++) parameters[at++] = scale * random.normal();
    at += outputs;
  }
  return { sizes, parameters };
}

/** Returns arrays that `forward` can fill. */
export const activationsOf = ({ sizes }: Network): Activations => sizes.map((size) => new Float64Array(size));

/** Fills the activations from the inputs in the first of them, and returns the outputs, which the next call overwrites. */
export function forward({ sizes, parameters }: Network, activations: Activations): Float64Array {
  let at = 0;
  for (let depth = 1; depth < sizes.length; depth++) {
    const [inputs, outputs] = [sizes[depth - 1]!, sizes[depth]!];
    const [from, to] = [activations[depth - 1]!, activations[depth]!];
    const biases = at + inputs * outputs;
    for (let row = 0; row < outputs; row++) {
      let sum = parameters[biases + row]!;
      for (let column = 0; column < inputs; column++) sum += parameters[at++]! * from[column]!;
      to[row] = depth < sizes.length - 1 ? Math.tanh(sum) : sum;
    }
    at = biases + outputs;
  }
  return activations.at(-1)!;
}

/** Adds to `gradient` that of a loss whose derivative by the outputs is `outputGradient`, after a forward pass. */
export function backward(
  { sizes, parameters }: Network,
  activations: Activations,
  outputGradient: Float64Array,
  gradient: Float64Array,
): void {
  let end = parameters.length;
  let delta = outputGradient;
  for (let depth = sizes.length - 1; depth > 0; depth--) {
    const [inputs, outputs] = [sizes[depth - 1]!, sizes[depth]!];
    const from = activations[depth - 1]!;
    const biases = end - outputs;
    const start = biases - inputs * outputs;
    const below = new Float64Array(inputs);
    for (let row = 0; row < outputs; row++) {
      const own = delta[row]!;
      gradient[biases + row]! += own;
      const offset = start + row * inputs;
      for (let column = 0; column < inputs; column++) {
        gradient[offset + column]! += own * from[column]!;
        below[column]! += own * parameters[offset + column]!;
      }
    }
    // The inputs of the first layer are data; those of the others went through tanh.
    if (depth > 1) for (let i = 0; i < inputs; i++) below[i]! *= 1 - from[i]! * from[i]!;
    delta = below;
    end = start;
  }
}

/** Returns the network as plain JSON, rounded to `digits` significant digits when given. */
export function toJson({ sizes, parameters }: Network, digits?: number): PolicyNetwork {
  const shown = (values: Float64Array): number[] =>
    Array.from(values, (value) => (digits ? Number(value.toPrecision(digits)) : value));
  let at = 0;
  const layers = sizes.slice(1).map((outputs, depth) => {
    const biases = at + outputs * sizes[depth]!;
    const layer = {
      weights: shown(parameters.subarray(at, biases)),
      biases: shown(parameters.subarray(biases, biases + outputs)),
    };
    at = biases + outputs;
    return layer;
  });
  return { layers };
}

/** Returns the network of a policy. */
export function fromJson({ layers }: PolicyNetwork): Network {
  const inputs = layers[0]!.weights.length / layers[0]!.biases.length;
  return {
    sizes: [inputs, ...layers.map(({ biases }) => biases.length)],
    parameters: Float64Array.from(layers.flatMap(({ weights, biases }) => [...weights, ...biases])),
  };
}
