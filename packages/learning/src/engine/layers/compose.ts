import type { Layer } from "./layer.ts";

/** Returns the layer for texts of `length` tokens, each of which it sees as a row. Make it for capacity · length rows. */
export const perToken = (layer: Layer, length: number): Layer => ({
  weights: layer.weights,
  width: layer.width * length,
  forward: (input, rows) => layer.forward(input, rows * length),
  backward: (outputGradient, rows, gradients, first) => layer.backward(outputGradient, rows * length, gradients, first),
});

/** Returns x + f(x), f being the layers one after the other; never a first layer. */
export function residual(capacity: number, layers: readonly Layer[]): Layer {
  const { width } = layers.at(-1)!;
  const output = new Float64Array(capacity * width);
  const inputGradients = new Float64Array(capacity * width);
  const starts = layers.map((_, i) => layers.slice(0, i).reduce((sum, { weights }) => sum + weights.length, 0));
  let [known, slices]: [readonly Float64Array[] | undefined, Float64Array[][]] = [undefined, []];
  return {
    weights: layers.flatMap(({ weights }) => weights),
    width,
    forward(input, rows) {
      let x = input;
      for (const layer of layers) x = layer.forward(x, rows);
      for (let i = 0; i < rows * width; i++) output[i] = input[i]! + x[i]!;
      return output;
    },
    backward(outputGradient, rows, gradients) {
      if (known !== gradients) {
        slices = layers.map(({ weights }, i) => gradients.slice(starts[i]!, starts[i]! + weights.length));
        known = gradients;
      }
      // The layers may overwrite the gradient that they are given, and the path beside them needs it too.
      inputGradients.set(outputGradient.subarray(0, rows * width));
      let gradient = outputGradient;
      for (let i = layers.length - 1; i >= 0; i--) gradient = layers[i]!.backward(gradient, rows, slices[i]!, false)!;
      for (let i = 0; i < rows * width; i++) inputGradients[i] = inputGradients[i]! + gradient[i]!;
      return inputGradients;
    },
  };
}
