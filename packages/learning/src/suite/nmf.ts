import { factorisationProblem, type Matrix } from "../engine/factorisation.ts";
import type { Problem } from "../engine/problem.ts";
import { dataOf, type Files } from "./data.ts";
import { optimizer } from "./optimizer.ts";

/** Returns the first images of digits as the columns of a 64 × count matrix. */
export function digitsMatrix(files: Files, count: number): Matrix {
  const { inputs } = dataOf({ kind: "digits-matrix" }, files).train;
  return { rows: 64, columns: count, values: Float64Array.from(inputs.subarray(0, 64 * count)) };
}

/** Non-negative factorisations. */
export const factorisations = (files: Files): Problem[] => [
  factorisationProblem(
    {
      id: "nmf-digits",
      family: "nmf-digits",
      title: "NMF of 600 digit images, rank 10, batches of 64 columns, 1 % gradient noise",
      steps: 400,
      optimizer: optimizer("sgd"),
      resolution: 1e-3,
    },
    { matrix: digitsMatrix(files, 600), rank: 10, batchColumns: 64, relativeNoise: 0.01, boundShare: 0.9 },
  ),
];
