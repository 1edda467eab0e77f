import { batchOrder, largestEigenvalue } from "@etude/catalog";
import { product } from "./product.ts";
import { stepNormals, uniforms } from "./random-arrays.ts";
import type { Instance, Problem } from "./problem.ts";

/** A matrix without negative entries, stored column by column. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Column j lies at j · rows. */
  readonly values: Float64Array;
}

export interface Factorisation {
  readonly matrix: Matrix;
  readonly rank: number;
  /** Columns in one update, b; all of them when not below their number. */
  readonly batchColumns: number;
  /** Standard deviation of normal noise on every gradient entry, relative to the rms of the factor's first gradient. */
  readonly relativeNoise: number;
  /** Share of the proven bound that is the problem's bound. */
  readonly boundShare: number;
}

export interface FactorisationProblem extends Problem {
  /** Returns ‖X − WH‖ / ‖X‖ for a training loss ½‖X − WH‖². */
  relativeResidual(loss: number): number;
}

type About = Pick<Problem, "id" | "family" | "title" | "steps" | "optimizer" | "resolution">;

/**
 * Returns the problem X ≈ WH with entries ≥ 0 by projected gradient descent, loss ½‖X − WH‖²_F, updating W and then the
 * batch's columns of H with the new W. The gradient of W is n / b times that of the batch's columns; each of those
 * columns of H sees its exact gradient.
 */
export function factorisationProblem(about: About, definition: Factorisation): FactorisationProblem {
  const { columns, values } = definition.matrix;
  const size = Math.min(definition.batchColumns, columns);
  const squares = sumOfSquares(values);
  return {
    ...about,
    domain: "factorisation",
    stepsPerEpoch: Math.ceil(columns / size),
    batchSize: size === columns ? null : size,
    groups: ["w", "h"],
    update: "alternating",
    start: (seed) => startFactorisation(definition, size, seed),
    relativeResidual: (loss) => Math.sqrt((2 * loss) / squares),
  };
}

const sumOfSquares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

function startFactorisation(definition: Factorisation, size: number, seed: number): Instance {
  const { matrix, rank, relativeNoise, boundShare } = definition;
  const { rows: m, columns: n, values: x } = matrix;
  const scale = Math.sqrt(x.reduce((sum, value) => sum + value, 0) / x.length / rank);
  // W is m × r; H is stored transposed, n × r, so that a column of it is contiguous.
  const w = uniforms(m * rank, 0.5 * scale, 1.5 * scale, seed, "init/w");
  const h = new Float64Array(n * rank);
  uniforms(n * rank, 0.5 * scale, 1.5 * scale, seed, "init/h").forEach((value, at) => {
    h[(at % n) * rank + Math.floor(at / n)] = value;
  });
  const order = batchOrder(n, size, "shuffled", seed);
  /** The batch: its columns of X and of H, and W H − X on it; each row a column of the matrix. */
  const batchX = new Float64Array(size * m);
  const batchH = new Float64Array(size * rank);
  const residual = new Float64Array(size * m);
  const batchGradient = new Float64Array(size * rank);
  const gram = new Float64Array(rank * rank);
  const noise = { w: new Float64Array(w.length), h: new Float64Array(size * rank) };
  const noiseFor = { w: -1, h: -1 };
  let deviations: readonly number[] | undefined;
  let chosen = new Uint32Array(0);
  let chosenFor = -1;

  const choose = (step: number): void => {
    if (chosenFor === step || (chosenFor >= 0 && size === n)) return;
    chosen = order.rowsAt(step) as Uint32Array<ArrayBuffer>;
    chosenFor = step;
    for (let c = 0; c < chosen.length; c++) {
      const [to, from] = [c * m, chosen[c]! * m];
      for (let i = 0; i < m; i++) batchX[to + i] = x[from + i]!;
    }
  };

  /** Returns ½‖X − WH‖² of the columns in batchX and batchH, and leaves WH − X in residual. */
  const halfSquares = (count: number): number => {
    product(residual, batchH, "rows", w, "columns", count, rank, m);
    let loss = 0;
    for (let i = 0; i < count * m; i++) {
      const error = residual[i]! - batchX[i]!;
      residual[i] = error;
      loss += error * error;
    }
    return 0.5 * loss;
  };

  /** Returns the batch's loss, scaled to all columns, and writes the gradients that are asked for. */
  const pass = (step: number, gw: Float64Array | undefined, gh: Float64Array | undefined): number => {
    choose(step);
    const count = chosen.length;
    const share = n / count;
    for (let c = 0; c < count; c++) {
      const [to, from] = [c * rank, chosen[c]! * rank];
      for (let k = 0; k < rank; k++) batchH[to + k] = h[from + k]!;
    }
    const loss = share * halfSquares(count);
    if (gw) {
      product(gw, residual, "columns", batchH, "rows", m, count, rank);
      for (let i = 0; i < gw.length; i++) gw[i] = gw[i]! * share;
    }
    if (gh) {
      product(batchGradient, residual, "rows", w, "rows", count, m, rank);
      gh.fill(0);
      for (let c = 0; c < count; c++) {
        const [to, from] = [chosen[c]! * rank, c * rank];
        for (let k = 0; k < rank; k++) gh[to + k] = batchGradient[from + k]!;
      }
    }
    return loss;
  };

  /** The deviation of each factor's noise, from the gradient of the whole matrix at the start. */
  const measureNoise = (): number[] => {
    const [gw, gh] = [new Float64Array(w.length), new Float64Array(h.length)];
    const whole = startFactorisation({ ...definition, relativeNoise: 0 }, n, seed);
    whole.loss(0, [gw, gh]);
    return [gw, gh].map((g) => relativeNoise * Math.sqrt(g.reduce((sum, value) => sum + value * value, 0) / g.length));
  };

  /** Adds this step's noise to the gradient of W. */
  const addNoiseToW = (step: number, gradient: Float64Array): void => {
    deviations ??= measureNoise();
    if (noiseFor.w !== step) stepNormals(noise.w, deviations[0]!, seed, "noise/w", step);
    noiseFor.w = step;
    for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! + noise.w[i]!;
  };

  /** Adds this step's noise to the gradient of the batch's columns of H; the others stay where they are. */
  const addNoiseToH = (step: number, gradient: Float64Array): void => {
    deviations ??= measureNoise();
    if (noiseFor.h !== step) stepNormals(noise.h, deviations[1]!, seed, "noise/h", step);
    noiseFor.h = step;
    for (let c = 0; c < chosen.length; c++) {
      const at = chosen[c]! * rank;
      for (let k = 0; k < rank; k++) gradient[at + k] = gradient[at + k]! + noise.h[c * rank + k]!;
    }
  };

  /** ‖AᵀA‖₂ of a count × rank array. */
  const gramNorm = (a: Float64Array, count: number): number => {
    product(gram, a, "columns", a, "rows", rank, count, rank);
    return largestEigenvalue(gram, rank);
  };

  return {
    weights: [w, h],
    groupOf: [0, 1],
    loss(step, gradients, group) {
      const gw = group === 1 ? undefined : gradients?.[0];
      const gh = group === 0 ? undefined : gradients?.[1];
      const loss = pass(step, gw, gh);
      if (relativeNoise > 0) {
        if (gw) addNoiseToW(step, gw);
        if (gh) addNoiseToH(step, gh);
      }
      return loss;
    },
    project(group) {
      const arrays = group === undefined ? [w, h] : [group === 0 ? w : h];
      for (const array of arrays) for (let i = 0; i < array.length; i++) if (array[i]! < 0) array[i] = 0;
    },
    bound(group) {
      if (group === 1) return (boundShare * 2) / gramNorm(w, m);
      const norm = gramNorm(h, n);
      if (size === n) return (boundShare * 2) / norm;
      let longest = 0;
      for (let j = 0; j < n; j++) {
        let square = 0;
        for (let k = 0; k < rank; k++) square += h[j * rank + k]! * h[j * rank + k]!;
        if (square > longest) longest = square;
      }
      return (boundShare * 2) / ((n * longest) / size + (1 - 1 / size) * norm);
    },
    trainLoss() {
      let loss = 0;
      for (let from = 0; from < n; from += size) {
        const count = Math.min(size, n - from);
        batchX.set(x.subarray(from * m, (from + count) * m));
        batchH.set(h.subarray(from * rank, (from + count) * rank));
        loss += halfSquares(count);
      }
      chosenFor = -1;
      return loss;
    },
  };
}
