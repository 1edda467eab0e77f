/** The features of a problem of the array engine, measured before its first update. */
import type { TaskFeatures } from "@etude/contracts";
import { topCurvature } from "../engine/curvature.ts";
import type { Problem } from "../engine/problem.ts";

/** Batches that the noise of the gradient is estimated from. */
const batches = 8;

/**
 * Returns the gradient noise ratio, the variance of the batch gradient summed over its coordinates over the square of its
 * mean's norm, from the batches of the first eight steps; and the norm of that mean.
 */
function gradientNoise(problem: Problem, seed: number): { readonly norm: number; readonly ratio: number } {
  const instance = problem.start(seed);
  const gradients = instance.weights.map((weight) => new Float64Array(weight.length));
  const sums = gradients.map((gradient) => new Float64Array(gradient.length));
  const squares = gradients.map((gradient) => new Float64Array(gradient.length));
  for (let step = 0; step < batches; step += 1) {
    instance.loss(step, gradients);
    for (const [index, gradient] of gradients.entries()) {
      for (let j = 0; j < gradient.length; j += 1) {
        sums[index]![j]! += gradient[j]!;
        squares[index]![j]! += gradient[j]! ** 2;
      }
    }
  }
  let [meanSquare, variance] = [0, 0];
  for (const [index, sum] of sums.entries()) {
    for (let j = 0; j < sum.length; j += 1) {
      const mean = sum[j]! / batches;
      meanSquare += mean * mean;
      variance += Math.max(0, squares[index]![j]! - batches * mean * mean) / (batches - 1);
    }
  }
  return { norm: Math.sqrt(meanSquare), ratio: meanSquare > 0 ? variance / meanSquare : 0 };
}

/** Returns the features of a problem under a seed. Its sizes of data are not known to the engine and stay null. */
export function problemFeatures(problem: Problem, seed = 0): TaskFeatures {
  const instance = problem.start(seed);
  const parameters = instance.weights.reduce((sum, weight) => sum + weight.length, 0);
  const lossAtStart = instance.trainLoss();
  const { norm, ratio } = gradientNoise(problem, seed);
  const { curvature, converged } = topCurvature(problem, seed);
  return {
    logN: null,
    logD: null,
    classes: null,
    logBatch: problem.batchSize === null ? null : Math.log(problem.batchSize),
    logParameters: Math.log(parameters),
    lossAtStart,
    gradientNormAtStart: norm,
    gradientNoiseRatio: ratio,
    topCurvature: converged ? curvature : null,
  };
}
