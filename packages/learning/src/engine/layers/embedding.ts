import { normals } from "../random-arrays.ts";
import type { Layer, LayerContext } from "./layer.ts";

interface TextShape {
  readonly vocabulary: number;
  /** Tokens of one row. */
  readonly length: number;
  /** Numbers that stand for one token. */
  readonly width: number;
}

/** Standard deviation of tables at the start, as in the catalogue's models. */
const deviation = 0.1;

/** The mean of the vectors of a row's tokens; token 0 is padding and counts for nothing. A first layer. */
export function embeddingPool({ capacity, seed, name }: LayerContext, { vocabulary, length, width }: TextShape): Layer {
  const table = normals(vocabulary * width, deviation, seed, `init/${name}/table`);
  const output = new Float64Array(capacity * width);
  let last: Float64Array = output;
  const present = (tokens: Float64Array, row: number): number => {
    let count = 0;
    for (let i = row * length; i < (row + 1) * length; i++) if (tokens[i] !== 0) count++;
    return Math.max(1, count);
  };
  return {
    weights: [table],
    width,
    forward(input, rows) {
      last = input;
      output.fill(0, 0, rows * width);
      for (let row = 0; row < rows; row++) {
        const share = 1 / present(input, row);
        for (let i = row * length; i < (row + 1) * length; i++) {
          const token = input[i]!;
          if (token === 0) continue;
          for (let j = 0; j < width; j++) {
            output[row * width + j] = output[row * width + j]! + share * table[token * width + j]!;
          }
        }
      }
      return output;
    },
    backward(outputGradient, rows, gradients) {
      const gradient = gradients[0]!;
      gradient.fill(0);
      for (let row = 0; row < rows; row++) {
        const share = 1 / present(last, row);
        for (let i = row * length; i < (row + 1) * length; i++) {
          const token = last[i]!;
          if (token === 0) continue;
          for (let j = 0; j < width; j++) {
            gradient[token * width + j] = gradient[token * width + j]! + share * outputGradient[row * width + j]!;
          }
        }
      }
      return undefined;
    },
  };
}

/** The vectors of a row's tokens one after the other, each plus a learned vector of its place. A first layer. */
export function tokenEmbedding(
  { capacity, seed, name }: LayerContext,
  { vocabulary, length, width }: TextShape,
): Layer {
  const tokens = normals(vocabulary * width, deviation, seed, `init/${name}/tokens`);
  const places = normals(length * width, deviation, seed, `init/${name}/places`);
  const output = new Float64Array(capacity * length * width);
  let last: Float64Array = output;
  return {
    weights: [tokens, places],
    width: length * width,
    forward(input, rows) {
      last = input;
      for (let i = 0; i < rows * length; i++) {
        const [to, token, place] = [i * width, input[i]! * width, (i % length) * width];
        for (let j = 0; j < width; j++) output[to + j] = tokens[token + j]! + places[place + j]!;
      }
      return output;
    },
    backward(outputGradient, rows, [tokenGradient, placeGradient]) {
      tokenGradient!.fill(0);
      placeGradient!.fill(0);
      for (let i = 0; i < rows * length; i++) {
        const [from, token, place] = [i * width, last[i]! * width, (i % length) * width];
        for (let j = 0; j < width; j++) {
          const value = outputGradient[from + j]!;
          tokenGradient![token + j] = tokenGradient![token + j]! + value;
          placeGradient![place + j] = placeGradient![place + j]! + value;
        }
      }
      return undefined;
    },
  };
}
