import { type FactorisationProblem, factorisationProblem, type Matrix } from "../engine/factorisation.ts";
import { dataOf, type Files } from "./data.ts";
import { optimizer } from "./optimizer.ts";
import { lowRankMatrix } from "./synthetic.ts";

/** Share of the proven bound at which rates are cut. */
const boundShare = 0.9;

/** Returns the first images of digits as the columns of a 64 × count matrix. */
const digitsMatrix = (files: Files, count: number): Matrix => ({
  rows: 64,
  columns: count,
  values: Float64Array.from(dataOf({ kind: "digits-matrix", rows: count }, files).train.inputs),
});

/** Returns log(1 + count) of words in speeches: one column a speech. */
function speechesMatrix(files: Files, words: number, speeches: number): Matrix {
  const { inputs } = dataOf({ kind: "speech-words", words, speeches }, files).train;
  return { rows: words, columns: speeches, values: Float64Array.from(inputs) };
}

const percent = (share: number): string => `${100 * share} %`;

/** Projected stochastic factorisations: images, generated with noise, and words × documents. */
export const factorisations = (files: Files): FactorisationProblem[] => [
  factorisationProblem(
    {
      id: "nmf-digits",
      family: "nmf-digits",
      title: "NMF of 600 digit images, rank 10, batches of 64 columns, 1 % gradient noise",
      steps: 400,
      optimizer: optimizer("sgd"),
      resolution: 1e-3,
    },
    { matrix: digitsMatrix(files, 600), rank: 10, batchColumns: 64, relativeNoise: 0.01, boundShare },
  ),
  factorisationProblem(
    {
      id: "nmf-low-rank",
      family: "nmf-low-rank",
      title: "NMF of a generated 40 × 60 matrix of rank 5 with noise, all columns at once",
      steps: 1000,
      optimizer: optimizer("sgd"),
      resolution: 1e-4,
    },
    {
      matrix: lowRankMatrix({ rows: 40, columns: 60, rank: 5, noise: 0.05, seed: 0 }),
      rank: 5,
      batchColumns: 60,
      relativeNoise: 0,
      boundShare,
    },
  ),
  factorisationProblem(
    {
      id: "nmf-speeches",
      family: "nmf-speeches",
      title: "NMF of 500 words × 200 speeches, rank 8, batches of 64 columns",
      steps: 300,
      optimizer: optimizer("sgd"),
      resolution: 1e-3,
    },
    { matrix: speechesMatrix(files, 500, 200), rank: 8, batchColumns: 64, relativeNoise: 0, boundShare },
  ),
];

/**
 * Returns twelve factorisations that no policy is trained on: every combination of batch and noise at least once, half
 * of them on real matrices.
 */
export function nmfHeldOut(files: Files): FactorisationProblem[] {
  const images = { name: "digits", title: "240 digit images", matrix: digitsMatrix(files, 240), rank: 8 };
  const words = {
    name: "speeches",
    title: "200 words × 120 speeches",
    matrix: speechesMatrix(files, 200, 120),
    rank: 6,
  };
  const generated = (rows: number, columns: number, rank: number, noise: number) => ({
    name: `low-rank-${rows}x${columns}`,
    title: `a generated ${rows} × ${columns} matrix of rank ${rank}`,
    matrix: lowRankMatrix({ rows, columns, rank, noise, seed: 1_000_003 }),
    rank,
  });
  const small = generated(40, 80, 5, 0.02);
  const wide = generated(30, 150, 7, 0.1);
  const cases = [
    [images, Infinity, 0],
    [images, 64, 0.01],
    [images, 16, 0.1],
    [words, Infinity, 0.01],
    [words, 64, 0.1],
    [words, 16, 0],
    [small, Infinity, 0.1],
    [small, 64, 0],
    [small, 16, 0.01],
    [wide, Infinity, 0],
    [wide, 64, 0.01],
    [wide, 16, 0.1],
  ] as const;
  return cases.map(([{ name, title, matrix, rank }, batchColumns, relativeNoise]) => {
    const whole = batchColumns >= matrix.columns;
    return factorisationProblem(
      {
        id: `nmf-held-out-${name}-b-${whole ? "n" : batchColumns}-noise-${100 * relativeNoise}`,
        family: `nmf-held-out-${name}`,
        title: `NMF of ${title}, rank ${rank}, ${whole ? "all columns" : `batches of ${batchColumns} columns`}, ${percent(relativeNoise)} gradient noise`,
        steps: 400,
        optimizer: optimizer("sgd"),
        resolution: 1e-4,
      },
      { matrix, rank, batchColumns, relativeNoise, boundShare },
    );
  });
}
