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

/**
 * Φ(x), the normal distribution, given exp(−x²/2): Abramowitz and Stegun 7.1.26, error below 1e-7, as in TensorFlow.js.
 */
function normalShare(x: number, density: number): number {
  const t = 1 / (1 + 0.327_591_1 * Math.SQRT1_2 * Math.abs(x));
  const series =
    ((((1.061_405_429 * t - 1.453_152_027) * t + 1.421_413_741) * t - 0.284_496_736) * t + 0.254_829_592) * t;
  const outside = 0.5 * series * density;
  return x < 0 ? outside : 1 - outside;
}

const rootTwoPi = Math.sqrt(2 * Math.PI);

/** x · Φ(x) (GELU, arXiv:1606.08415, the exact form). */
const gelu: Pointwise = {
  apply(input, output, count) {
    for (let i = 0; i < count; i++) {
      const x = input[i]!;
      output[i] = x * normalShare(x, Math.exp(-0.5 * x * x));
    }
  },
  pull(gradient, input, _, count) {
    for (let i = 0; i < count; i++) {
      const x = input[i]!;
      const density = Math.exp(-0.5 * x * x);
      gradient[i] = gradient[i]! * (normalShare(x, density) + (x * density) / rootTwoPi);
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
