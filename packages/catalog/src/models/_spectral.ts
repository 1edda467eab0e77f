/**
 * Returns an upper bound of the largest eigenvalue of a symmetric matrix with entries ≥ 0 (row-major, size × size), tight
 * to `tolerance` unless the iteration ends first. Power iteration with the Collatz–Wielandt bound: for any v > 0 the
 * largest (Av)ᵢ / vᵢ is never below the eigenvalue, so a step size derived from it is never too long. NaN for NaN input.
 */
export function largestEigenvalue(matrix: ArrayLike<number>, size: number, tolerance = 1e-6): number {
  let v = new Float64Array(size).fill(1);
  let bound = Infinity;
  for (let iteration = 0; iteration < 200; iteration++) {
    const next = new Float64Array(size);
    let [low, high, norm] = [Infinity, 0, 0];
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += matrix[i * size + j]! * v[j]!;
      if (Number.isNaN(sum)) return Number.NaN;
      next[i] = sum;
      norm = Math.max(norm, sum);
      // A row of zeros is a block of its own with eigenvalue 0.
      if (v[i]! > 0) {
        high = Math.max(high, sum / v[i]!);
        if (sum > 0) low = Math.min(low, sum / v[i]!);
      }
    }
    if (norm === 0) return 0;
    bound = Math.min(bound, high);
    if (high - low <= tolerance * high) break;
    v = next.map((value) => value / norm);
  }
  return bound;
}

/** Returns an upper bound of ‖R‖₂ for any matrix: the smaller of ‖R‖_F and √(‖R‖₁ ‖R‖_∞). */
export function spectralNormBound(matrix: ArrayLike<number>, rows: number, columns: number): number {
  const columnSums = new Float64Array(columns);
  let [squares, largestRow] = [0, 0];
  for (let i = 0; i < rows; i++) {
    let rowSum = 0;
    for (let j = 0; j < columns; j++) {
      const value = Math.abs(matrix[i * columns + j]!);
      squares += value * value;
      rowSum += value;
      columnSums[j]! += value;
    }
    largestRow = Math.max(largestRow, rowSum);
  }
  return Math.min(Math.sqrt(squares), Math.sqrt(largestRow * columnSums.reduce((a, b) => Math.max(a, b), 0)));
}
