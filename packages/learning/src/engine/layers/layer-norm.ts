import type { Layer } from "./layer.ts";

const epsilon = 1e-5;

/** (x − mean) / √(variance + ε) · scale + shift over the values of a row (arXiv:1607.06450). */
export function layerNorm(capacity: number, width: number): Layer {
  const scale = new Float64Array(width).fill(1);
  const shift = new Float64Array(width);
  const normed = new Float64Array(capacity * width);
  const inverse = new Float64Array(capacity);
  const output = new Float64Array(capacity * width);
  const inputGradients = new Float64Array(capacity * width);
  return {
    weights: [scale, shift],
    width,
    forward(input, rows) {
      for (let row = 0; row < rows; row++) {
        const at = row * width;
        let [mean, variance] = [0, 0];
        for (let j = 0; j < width; j++) mean += input[at + j]!;
        mean /= width;
        for (let j = 0; j < width; j++) variance += (input[at + j]! - mean) ** 2;
        const factor = 1 / Math.sqrt(variance / width + epsilon);
        inverse[row] = factor;
        for (let j = 0; j < width; j++) {
          const value = (input[at + j]! - mean) * factor;
          normed[at + j] = value;
          output[at + j] = value * scale[j]! + shift[j]!;
        }
      }
      return output;
    },
    backward(outputGradient, rows, [scaleGradient, shiftGradient]) {
      scaleGradient!.fill(0);
      shiftGradient!.fill(0);
      for (let row = 0; row < rows; row++) {
        const at = row * width;
        let [sum, product] = [0, 0];
        for (let j = 0; j < width; j++) {
          const [dy, value] = [outputGradient[at + j]!, normed[at + j]!];
          scaleGradient![j] = scaleGradient![j]! + dy * value;
          shiftGradient![j] = shiftGradient![j]! + dy;
          sum += dy * scale[j]!;
          product += dy * scale[j]! * value;
        }
        const [mean, agreement] = [sum / width, product / width];
        for (let j = 0; j < width; j++) {
          const pulled = outputGradient[at + j]! * scale[j]! - mean - normed[at + j]! * agreement;
          inputGradients[at + j] = inverse[row]! * pulled;
        }
      }
      return inputGradients;
    },
  };
}
