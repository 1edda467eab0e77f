/** Matrix products on row-major arrays. Loops over four rows at a time: each output is read and written a quarter as often. */

/** out[rows × n] = x[rows × k] · w[k × n] + b[n]. */
export function affine(
  out: Float64Array,
  x: Float64Array,
  w: Float64Array,
  b: Float64Array,
  rows: number,
  k: number,
  n: number,
): void {
  for (let row = 0; row < rows; row++) {
    const at = row * n;
    const from = row * k;
    for (let j = 0; j < n; j++) out[at + j] = b[j]!;
    let p = 0;
    for (; p + 3 < k; p += 4) {
      const [x0, x1, x2, x3] = [x[from + p]!, x[from + p + 1]!, x[from + p + 2]!, x[from + p + 3]!];
      if (x0 === 0 && x1 === 0 && x2 === 0 && x3 === 0) continue;
      const [w0, w1, w2, w3] = [p * n, (p + 1) * n, (p + 2) * n, (p + 3) * n];
      for (let j = 0; j < n; j++) {
        out[at + j] = out[at + j]! + x0 * w[w0 + j]! + x1 * w[w1 + j]! + x2 * w[w2 + j]! + x3 * w[w3 + j]!;
      }
    }
    for (; p < k; p++) {
      const value = x[from + p]!;
      for (let j = 0; j < n; j++) out[at + j] = out[at + j]! + value * w[p * n + j]!;
    }
  }
}

/** dw[k × n] = xᵀ · dy and db[n] = column sums of dy, for x[rows × k] and dy[rows × n]. */
export function weightGradient(
  dw: Float64Array,
  db: Float64Array,
  x: Float64Array,
  dy: Float64Array,
  rows: number,
  k: number,
  n: number,
): void {
  dw.fill(0, 0, k * n);
  db.fill(0, 0, n);
  for (let row = 0; row < rows; row++) {
    const at = row * n;
    for (let j = 0; j < n; j++) db[j] = db[j]! + dy[at + j]!;
  }
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const [d0, d1, d2, d3] = [row * n, (row + 1) * n, (row + 2) * n, (row + 3) * n];
    for (let p = 0; p < k; p++) {
      const x0 = x[row * k + p]!;
      const x1 = x[(row + 1) * k + p]!;
      const x2 = x[(row + 2) * k + p]!;
      const x3 = x[(row + 3) * k + p]!;
      if (x0 === 0 && x1 === 0 && x2 === 0 && x3 === 0) continue;
      const to = p * n;
      for (let j = 0; j < n; j++) {
        dw[to + j] = dw[to + j]! + x0 * dy[d0 + j]! + x1 * dy[d1 + j]! + x2 * dy[d2 + j]! + x3 * dy[d3 + j]!;
      }
    }
  }
  for (; row < rows; row++) {
    for (let p = 0; p < k; p++) {
      const value = x[row * k + p]!;
      if (value === 0) continue;
      for (let j = 0; j < n; j++) dw[p * n + j] = dw[p * n + j]! + value * dy[row * n + j]!;
    }
  }
}

/** dx[rows × k] = dy[rows × n] · wᵀ. */
export function inputGradient(
  dx: Float64Array,
  dy: Float64Array,
  w: Float64Array,
  rows: number,
  k: number,
  n: number,
): void {
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const [d0, d1, d2, d3] = [row * n, (row + 1) * n, (row + 2) * n, (row + 3) * n];
    for (let p = 0; p < k; p++) {
      const from = p * n;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let j = 0; j < n; j++) {
        const weight = w[from + j]!;
        s0 += dy[d0 + j]! * weight;
        s1 += dy[d1 + j]! * weight;
        s2 += dy[d2 + j]! * weight;
        s3 += dy[d3 + j]! * weight;
      }
      dx[row * k + p] = s0;
      dx[(row + 1) * k + p] = s1;
      dx[(row + 2) * k + p] = s2;
      dx[(row + 3) * k + p] = s3;
    }
  }
  for (; row < rows; row++) {
    for (let p = 0; p < k; p++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += dy[row * n + j]! * w[p * n + j]!;
      dx[row * k + p] = sum;
    }
  }
}
