/** Adam (Kingma and Ba, arXiv:1412.6980) for the weights of a network, with its gradient shortened first. */
export interface Adam {
  readonly first: readonly Float64Array[];
  readonly second: readonly Float64Array[];
  steps: number;
}

const zeros = (weights: readonly Float64Array[]): Float64Array[] =>
  weights.map(({ length }) => new Float64Array(length));

export const createAdam = (weights: readonly Float64Array[]): Adam => ({
  first: zeros(weights),
  second: zeros(weights),
  steps: 0,
});

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-5];

/** Moves the weights against the gradients, which are together shortened to a norm of at most `longest`. */
export function adamStep(
  adam: Adam,
  weights: readonly Float64Array[],
  gradients: readonly Float64Array[],
  rate: number,
  longest: number,
): void {
  let squares = 0;
  for (const gradient of gradients) for (const value of gradient) squares += value * value;
  const norm = Math.sqrt(squares);
  const scale = norm > longest ? longest / norm : 1;
  adam.steps++;
  const correction1 = 1 - beta1 ** adam.steps;
  const correction2 = 1 - beta2 ** adam.steps;
  for (const [index, own] of weights.entries()) {
    const [gradient, first, second] = [gradients[index]!, adam.first[index]!, adam.second[index]!];
    for (let i = 0; i < own.length; i++) {
      const value = gradient[i]! * scale;
      first[i] = beta1 * first[i]! + (1 - beta1) * value;
      second[i] = beta2 * second[i]! + (1 - beta2) * value * value;
      own[i] = own[i]! - (rate * (first[i]! / correction1)) / (Math.sqrt(second[i]! / correction2) + epsilon);
    }
  }
}
