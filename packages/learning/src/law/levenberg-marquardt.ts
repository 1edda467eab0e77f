/** Writes the residuals and, where asked for, their derivatives, rows × parameters, row by row. */
export type Residuals = (theta: Float64Array, residual: Float64Array, jacobian?: Float64Array) => void;

export interface Minimised {
  readonly theta: Float64Array;
  /** Sum of the Huber losses. */
  readonly value: number;
}

export interface HuberProblem {
  readonly residuals: Residuals;
  readonly rows: number;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  /** Where the Huber loss turns from square to linear. */
  readonly delta: number;
}

const maxDamping = 1e12;

/**
 * Returns the parameters within bounds that minimise Σ huber(residual), from `start`: Levenberg-Marquardt steps on
 * normal equations that are reweighted at every step. Ends after three steps in a row that gain less than 1e-7 of the
 * value, or after `maxEvaluations`.
 */
export function minimiseHuber(problem: HuberProblem, start: ArrayLike<number>, maxEvaluations: number): Minimised {
  const { residuals, rows, lower, upper, delta } = problem;
  const n = start.length;
  let theta = Float64Array.from(start);
  let residual = new Float64Array(rows);
  let trial = new Float64Array(rows);
  const jacobian = new Float64Array(rows * n);
  residuals(theta, residual, jacobian);
  let value = huber(residual, delta);
  let damping = 1e-2;
  let stale = 0;
  for (let evaluations = 1; evaluations < maxEvaluations && damping < maxDamping && stale < 3; evaluations++) {
    const { matrix, gradient } = normalEquations(residual, jacobian, delta, n);
    const free = [...theta.keys()].filter((i) => (gradient[i]! > 0 ? theta[i]! > lower[i]! : theta[i]! < upper[i]!));
    const step = solveDamped(matrix, gradient, damping, free);
    const next = theta.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value - step[i]!)));
    residuals(next, trial);
    const reached = huber(trial, delta);
    if (!(reached < value)) {
      damping *= 4;
      continue;
    }
    stale = value - reached < 1e-7 * value ? stale + 1 : 0;
    value = reached;
    theta = next;
    damping = Math.max(1e-9, damping / 5);
    [residual, trial] = [trial, residual];
    residuals(theta, residual, jacobian);
  }
  return { theta, value };
}

/** Infinite where a residual is NaN. */
function huber(residual: Float64Array, delta: number): number {
  let sum = 0;
  for (const one of residual) {
    const r = Math.abs(one);
    sum += r <= delta ? (r * r) / 2 : delta * (r - delta / 2);
  }
  return Number.isNaN(sum) ? Infinity : sum;
}

/** JᵀWJ (lower triangle) and JᵀWr, W the weights that make squares of the Huber loss. */
function normalEquations(residual: Float64Array, jacobian: Float64Array, delta: number, n: number) {
  const matrix = new Float64Array(n * n);
  const gradient = new Float64Array(n);
  for (let row = 0; row < residual.length; row++) {
    const r = residual[row]!;
    const weight = Math.abs(r) <= delta ? 1 : delta / Math.abs(r);
    for (let i = 0; i < n; i++) {
      const left = weight * jacobian[row * n + i]!;
      gradient[i] = gradient[i]! + left * r;
      for (let k = 0; k <= i; k++) matrix[i * n + k] = matrix[i * n + k]! + left * jacobian[row * n + k]!;
    }
  }
  return { matrix, gradient };
}

/** Solves (H + damping·diag H)·step = gradient for the free parameters by Cholesky; the others stay. */
function solveDamped(
  matrix: Float64Array,
  gradient: Float64Array,
  damping: number,
  free: readonly number[],
): Float64Array {
  const n = gradient.length;
  const m = free.length;
  const step = new Float64Array(n);
  const lower = new Float64Array(m * m);
  const y = new Float64Array(m);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = matrix[free[a]! * n + free[b]!]!;
      if (a === b) sum = sum * (1 + damping) + 1e-18;
      for (let c = 0; c < b; c++) sum -= lower[a * m + c]! * lower[b * m + c]!;
      lower[a * m + b] = a === b ? Math.sqrt(Math.max(sum, 1e-30)) : sum / lower[b * m + b]!;
    }
    let sum = gradient[free[a]!]!;
    for (let c = 0; c < a; c++) sum -= lower[a * m + c]! * y[c]!;
    y[a] = sum / lower[a * m + a]!;
  }
  for (let a = m - 1; a >= 0; a--) {
    let sum = y[a]!;
    for (let c = a + 1; c < m; c++) sum -= lower[c * m + a]! * step[free[c]!]!;
    step[free[a]!] = sum / lower[a * m + a]!;
  }
  return step;
}
