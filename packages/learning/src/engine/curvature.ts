import { normals } from "./random-arrays.ts";
import type { Instance, Problem } from "./problem.ts";
import { zerosLike } from "./optimizers/optimizer.ts";

const sumOfSquares = (arrays: readonly Float64Array[]): number => {
  let sum = 0;
  for (const array of arrays) for (let j = 0; j < array.length; j++) sum += array[j]! * array[j]!;
  return sum;
};

/**
 * Returns the largest curvature |λ| of the first batch's loss at the initial weights, by power iteration on differences
 * of gradients; `converged` says whether two iterations agreed within 5 %.
 */
export function topCurvature(
  problem: Problem,
  seed: number,
  iterations = 20,
): { readonly curvature: number; readonly converged: boolean } {
  const instance: Instance = problem.start(seed);
  const { weights } = instance;
  const [here, there] = [zerosLike(weights), zerosLike(weights)];
  instance.loss(0, here);
  const start = weights.map((weight) => weight.slice());
  const step = 1e-4 * Math.max(1, Math.sqrt(sumOfSquares(weights)));
  let direction = weights.map((weight, index) => normals(weight.length, 1, seed, `curvature/${index}`));
  let curvature = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const scale = 1 / Math.sqrt(sumOfSquares(direction));
    for (const [index, weight] of weights.entries()) {
      for (let j = 0; j < weight.length; j++) {
        weight[j] = start[index]![j]! + step * scale * direction[index]![j]!;
      }
    }
    instance.loss(0, there);
    direction = there.map((gradient, index) => gradient.map((value, j) => (value - here[index]![j]!) / step));
    const found = Math.sqrt(sumOfSquares(direction));
    if (found === 0 || Math.abs(found - curvature) <= 0.05 * found) return { curvature: found, converged: true };
    curvature = found;
  }
  return { curvature, converged: false };
}
