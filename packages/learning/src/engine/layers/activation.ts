import type { Layer } from "./layer.ts";

/** How a function acts on many values, and how a gradient passes back through it. */
interface Pointwise {
  apply(input: Float64Array, output: Float64Array, count: number): void;
  /** gradient ← gradient · f′, given what went in and what came out. */
  pull(gradient: Float64Array, input: Float64Array, output: Float64Array, count: number): void;
}

const relu: Pointwise = {
  apply(input, output, count) {
    for (let i = 0; i < count; i++) output[i] = input[i]! > 0 ? input[i]! : 0;
  },
  pull(gradient, _, output, count) {
    for (let i = 0; i < count; i++) if (output[i] === 0) gradient[i] = 0;
  },
};

const tanh: Pointwise = {
  apply(input, output, count) {
    for (let i = 0; i < count; i++) output[i] = Math.tanh(input[i]!);
  },
  pull(gradient, _, output, count) {
    for (let i = 0; i < count; i++) gradient[i] = gradient[i]! * (1 - output[i]! * output[i]!);
  },
};

const sigmoid: Pointwise = {
  apply(input, output, count) {
    for (let i = 0; i < count; i++) output[i] = 1 / (1 + Math.exp(-input[i]!));
  },
  pull(gradient, _, output, count) {
    for (let i = 0; i < count; i++) gradient[i] = gradient[i]! * output[i]! * (1 - output[i]!);
  },
};

const rootTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044_715;

/** 2Φ(x) − 1 in the tanh approximation. The quotient is a tanh that V8 computes several times faster than Math.tanh. */
const centred = (x: number): number => 1 - 2 / (1 + Math.exp(2 * rootTwoOverPi * (x + cubic * x * x * x)));

/** x · Φ(x) in the tanh approximation (GELU, arXiv:1606.08415). */
const gelu: Pointwise = {
  apply(input, output, count) {
    for (let i = 0; i < count; i++) output[i] = 0.5 * input[i]! * (1 + centred(input[i]!));
  },
  pull(gradient, input, _, count) {
    for (let i = 0; i < count; i++) {
      const x = input[i]!;
      const t = centred(x);
      const slope = 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * rootTwoOverPi * (1 + 3 * cubic * x * x);
      gradient[i] = gradient[i]! * slope;
    }
  },
};

const functions = { relu, tanh, sigmoid, gelu };
export type Activation = keyof typeof functions;

/** Applies the function to every value. */
export function activation(kind: Activation, capacity: number, width: number): Layer {
  const { apply, pull } = functions[kind];
  const output = new Float64Array(capacity * width);
  let last: Float64Array = output;
  return {
    weights: [],
    width,
    forward(input, rows) {
      last = input;
      apply(input, output, rows * width);
      return output;
    },
    backward(outputGradient, rows) {
      pull(outputGradient, last, output, rows * width);
      return outputGradient;
    },
  };
}
