import type { Layer } from "./layer.ts";

interface AttentionShape {
  /** Tokens of one row. */
  readonly length: number;
  readonly width: number;
  readonly heads: number;
}

/**
 * Causal self-attention of [query | key | value] triples, 3 · width values a token: each place mixes the values of itself
 * and those before it. Rows are whole texts. No weights of its own.
 */
export function attention(capacity: number, { length, width, heads }: AttentionShape): Layer {
  const size = width / heads;
  const triple = 3 * width;
  const shrink = 1 / Math.sqrt(size);
  const output = new Float64Array(capacity * length * width);
  const shares = new Float64Array(capacity * heads * length * length);
  const inputGradients = new Float64Array(capacity * length * triple);
  const pulled = new Float64Array(length);
  let last: Float64Array = output;

  /** Calls back for every row, head and place with where its query, shares and output lie, and its row's first token. */
  const each = (rows: number, visit: (query: number, share: number, out: number, first: number, i: number) => void) => {
    for (let row = 0; row < rows; row++) {
      for (let head = 0; head < heads; head++) {
        const first = row * length * triple + head * size;
        for (let i = 0; i < length; i++) {
          const share = ((row * heads + head) * length + i) * length;
          visit(first + i * triple, share, (row * length + i) * width + head * size, first, i);
        }
      }
    }
  };
  const dot = (a: Float64Array, at: number, b: Float64Array, from: number): number => {
    let sum = 0;
    for (let c = 0; c < size; c++) sum += a[at + c]! * b[from + c]!;
    return sum;
  };
  const addTo = (to: Float64Array, at: number, from: Float64Array, start: number, factor: number): void => {
    for (let c = 0; c < size; c++) to[at + c] = to[at + c]! + factor * from[start + c]!;
  };
  return {
    weights: [],
    width: length * width,
    forward(input, rows) {
      last = input;
      output.fill(0, 0, rows * length * width);
      each(rows, (query, share, out, first, i) => {
        let [most, sum] = [-Infinity, 0];
        for (let j = 0; j <= i; j++) {
          const score = shrink * dot(input, query, input, first + j * triple + width);
          shares[share + j] = score;
          if (score > most) most = score;
        }
        for (let j = 0; j <= i; j++) sum += shares[share + j] = Math.exp(shares[share + j]! - most);
        for (let j = 0; j <= i; j++) {
          const part = (shares[share + j] = shares[share + j]! / sum);
          addTo(output, out, input, first + j * triple + 2 * width, part);
        }
      });
      return output;
    },
    backward(outputGradient, rows) {
      inputGradients.fill(0, 0, rows * length * triple);
      each(rows, (query, share, out, first, i) => {
        let mean = 0;
        for (let j = 0; j <= i; j++) {
          const value = first + j * triple + 2 * width;
          const part = shares[share + j]!;
          pulled[j] = dot(outputGradient, out, last, value);
          mean += part * pulled[j]!;
          addTo(inputGradients, value, outputGradient, out, part);
        }
        for (let j = 0; j <= i; j++) {
          const score = shrink * shares[share + j]! * (pulled[j]! - mean);
          const key = first + j * triple + width;
          addTo(inputGradients, query, last, key, score);
          addTo(inputGradients, key, last, query, score);
        }
      });
      return inputGradients;
    },
  };
}
