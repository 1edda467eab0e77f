/** Adam (Kingma and Ba, arXiv:1412.6980) for a network in one array. */
export interface Adam {
  readonly first: Float64Array;
  readonly second: Float64Array;
  steps: number;
}

export const createAdam = (length: number): Adam => ({
  first: new Float64Array(length),
  second: new Float64Array(length),
  steps: 0,
});

/** Moves the parameters against the gradient, which is first shortened to a norm of at most `longest`. */
export function adamStep(
  adam: Adam,
  parameters: Float64Array,
  gradient: Float64Array,
  rate: number,
  longest: number,
): void {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-5];
  const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
  const scale = norm > longest ? longest / norm : 1;
  adam.steps++;
  const correction1 = 1 - beta1 ** adam.steps;
  const correction2 = 1 - beta2 ** adam.steps;
  for (let i = 0; i < parameters.length; i++) {
    const value = gradient[i]! * scale;
    const first = (adam.first[i] = beta1 * adam.first[i]! + (1 - beta1) * value);
    const second = (adam.second[i] = beta2 * adam.second[i]! + (1 - beta2) * value * value);
    parameters[i]! -= (rate * (first / correction1)) / (Math.sqrt(second / correction2) + epsilon);
  }
}
