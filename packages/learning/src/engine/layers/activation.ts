import type { Layer } from "./layer.ts";

/** f and its derivative, given input and output. */
interface Function {
  readonly value: (x: number) => number;
  readonly slope: (x: number, y: number) => number;
}

/** tanh approximation of x · Φ(x) (GELU, arXiv:1606.08415), with which its gradient agrees exactly. */
const inner = (x: number): number => 0.797_884_560_802_865_4 * (x + 0.044_715 * x * x * x);

const functions = {
  relu: { value: (x) => (x > 0 ? x : 0), slope: (x) => (x > 0 ? 1 : 0) },
  tanh: { value: Math.tanh, slope: (_, y) => 1 - y * y },
  gelu: {
    value: (x) => 0.5 * x * (1 + Math.tanh(inner(x))),
    slope(x) {
      const t = Math.tanh(inner(x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.797_884_560_802_865_4 * (1 + 0.134_145 * x * x);
    },
  },
} satisfies Record<string, Function>;
export type Activation = keyof typeof functions;

/** Applies the function to every value. */
export function activation(kind: Activation, capacity: number, width: number): Layer {
  const { value, slope }: Function = functions[kind];
  const output = new Float64Array(capacity * width);
  let last: Float64Array = output;
  return {
    weights: [],
    width,
    forward(input, rows) {
      last = input;
      const count = rows * width;
      for (let i = 0; i < count; i++) output[i] = value(input[i]!);
      return output;
    },
    backward(outputGradient, rows) {
      const count = rows * width;
      for (let i = 0; i < count; i++) outputGradient[i] = outputGradient[i]! * slope(last[i]!, output[i]!);
      return outputGradient;
    },
  };
}
