import { CholeskyDecomposition, Matrix } from "ml-matrix";

export interface Prediction {
  readonly mean: number;
  readonly deviation: number;
}

/** Lengths and noises that are tried; values are standardised, places lie in the unit cube. */
const lengths = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6];
const noises = [1e-4, 1e-2, 1e-1];

const matern = (a: readonly number[], b: readonly number[], length: number): number => {
  const distance = Math.sqrt(5 * a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)) / length;
  return (1 + distance + (distance * distance) / 3) * Math.exp(-distance);
};

/**
 * Fits a Gaussian process with a Matérn 5/2 kernel, one length for all dimensions, length and noise by the greatest
 * marginal likelihood on a small grid. Returns its prediction at any place; the deviation is that of the function.
 */
export function fitProcess(
  places: readonly (readonly number[])[],
  values: readonly number[],
): (place: readonly number[]) => Prediction {
  const n = values.length;
  const centre = values.reduce((sum, value) => sum + value, 0) / n;
  const scale = Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / n) || 1;
  const targets = Matrix.columnVector(values.map((value) => (value - centre) / scale));
  let best:
    | {
        readonly likelihood: number;
        readonly length: number;
        readonly factor: CholeskyDecomposition;
        readonly weights: Matrix;
      }
    | undefined;
  for (const length of lengths) {
    for (const noise of noises) {
      const kernel = new Matrix(
        places.map((a, i) => places.map((b, j) => matern(a, b, length) + (i === j ? noise : 0))),
      );
      const factor = new CholeskyDecomposition(kernel);
      if (!factor.isPositiveDefinite()) continue;
      const weights = factor.solve(targets);
      const logDeterminant =
        2 * factor.lowerTriangularMatrix.diagonal().reduce((sum, value) => sum + Math.log(value), 0);
      const likelihood = -0.5 * (targets.dot(weights) + logDeterminant);
      if (!best || likelihood > best.likelihood) best = { likelihood, length, factor, weights };
    }
  }
  if (!best) throw new Error("no kernel matrix of the process was positive definite");
  const { length, factor, weights } = best;
  return (place) => {
    const across = Matrix.columnVector(places.map((other) => matern(place, other, length)));
    const explained = across.dot(factor.solve(across));
    return { mean: centre + scale * across.dot(weights), deviation: scale * Math.sqrt(Math.max(0, 1 - explained)) };
  };
}
