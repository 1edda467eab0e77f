import { columnSums, product } from "../product.ts";
import { normals, uniforms } from "../random-arrays.ts";
import type { Layer, LayerContext } from "./layer.ts";

/** He normal for relu (arXiv:1502.01852), Glorot uniform otherwise, or all zero; the numbers of the catalogue's layers. */
export type Initialiser = "he" | "glorot" | "zero";

/** Returns the first values of a kernel with these numbers of inputs and outputs. */
export function kernelStart(
  { seed, name }: Pick<LayerContext, "seed" | "name">,
  inputs: number,
  outputs: number,
  initialiser: Initialiser,
  receptive = 1,
): Float64Array {
  const purpose = `init/${name}/kernel`;
  const size = inputs * outputs;
  if (initialiser === "zero") return new Float64Array(size);
  if (initialiser === "he") return normals(size, Math.sqrt(2 / inputs), seed, purpose);
  const limit = Math.sqrt(6 / (inputs + outputs * receptive));
  return uniforms(size, -limit, limit, seed, purpose);
}

/** x · kernel + bias. */
export function dense(context: LayerContext, inputs: number, outputs: number, initialiser: Initialiser): Layer {
  const { capacity } = context;
  const kernel = kernelStart(context, inputs, outputs, initialiser);
  const bias = new Float64Array(outputs);
  const output = new Float64Array(capacity * outputs);
  let inputGradients: Float64Array | undefined;
  let last: Float64Array = output;
  return {
    weights: [kernel, bias],
    width: outputs,
    forward(input, rows) {
      last = input;
      product(output, input, "rows", kernel, "rows", rows, inputs, outputs, bias);
      return output;
    },
    backward(outputGradient, rows, [kernelGradient, biasGradient], first) {
      product(kernelGradient!, last, "columns", outputGradient, "rows", inputs, rows, outputs);
      columnSums(biasGradient!, outputGradient, rows, outputs);
      if (first) return undefined;
      inputGradients ??= new Float64Array(capacity * inputs);
      product(inputGradients, outputGradient, "rows", kernel, "columns", rows, outputs, inputs);
      return inputGradients;
    },
  };
}
