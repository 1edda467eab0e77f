/** A matrix in an array: entry (i, j) lies at i · row + j · column. */
export interface Strides {
  readonly row: number;
  readonly column: number;
}

/** Row-major with this many columns. */
export const rowMajor = (columns: number): Strides => ({ row: columns, column: 1 });

/** The transpose of a row-major matrix that has this many columns itself. */
export const transposed = (columns: number): Strides => ({ row: 1, column: columns });

/**
 * out[m × n] = a[m × inner] · b[inner × n], row-major, plus `bias` in every row where one is given. Works in tiles of four
 * rows and two columns, whose sums stay in registers: each number read is used several times.
 */
export function product(
  out: Float64Array,
  a: Float64Array,
  { row: aRow, column: aColumn }: Strides,
  b: Float64Array,
  { row: bRow, column: bColumn }: Strides,
  m: number,
  inner: number,
  n: number,
  bias?: Float64Array,
): void {
  let i = 0;
  for (; i + 3 < m; i += 4) {
    const a0 = i * aRow;
    const a1 = a0 + aRow;
    const a2 = a1 + aRow;
    const a3 = a2 + aRow;
    let j = 0;
    for (; j + 1 < n; j += 2) {
      let c00 = bias ? bias[j]! : 0;
      let c01 = bias ? bias[j + 1]! : 0;
      let c10 = c00;
      let c11 = c01;
      let c20 = c00;
      let c21 = c01;
      let c30 = c00;
      let c31 = c01;
      const last = inner * aColumn;
      for (let p = 0, q = j * bColumn; p < last; p += aColumn, q += bRow) {
        const b0 = b[q]!;
        const b1 = b[q + bColumn]!;
        const x0 = a[a0 + p]!;
        const x1 = a[a1 + p]!;
        const x2 = a[a2 + p]!;
        const x3 = a[a3 + p]!;
        c00 += x0 * b0;
        c01 += x0 * b1;
        c10 += x1 * b0;
        c11 += x1 * b1;
        c20 += x2 * b0;
        c21 += x2 * b1;
        c30 += x3 * b0;
        c31 += x3 * b1;
      }
      const to = i * n + j;
      out[to] = c00;
      out[to + 1] = c01;
      out[to + n] = c10;
      out[to + n + 1] = c11;
      out[to + 2 * n] = c20;
      out[to + 2 * n + 1] = c21;
      out[to + 3 * n] = c30;
      out[to + 3 * n + 1] = c31;
    }
    if (j < n) {
      let c0 = bias ? bias[j]! : 0;
      let c1 = c0;
      let c2 = c0;
      let c3 = c0;
      const last = inner * aColumn;
      for (let p = 0, q = j * bColumn; p < last; p += aColumn, q += bRow) {
        const value = b[q]!;
        c0 += a[a0 + p]! * value;
        c1 += a[a1 + p]! * value;
        c2 += a[a2 + p]! * value;
        c3 += a[a3 + p]! * value;
      }
      const to = i * n + j;
      out[to] = c0;
      out[to + n] = c1;
      out[to + 2 * n] = c2;
      out[to + 3 * n] = c3;
    }
  }
  for (; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = bias ? bias[j]! : 0;
      const from = i * aRow;
      const last = inner * aColumn;
      for (let p = 0, q = j * bColumn; p < last; p += aColumn, q += bRow) sum += a[from + p]! * b[q]!;
      out[i * n + j] = sum;
    }
  }
}

/** out[n] = the sums of the columns of a row-major a[m × n]. */
export function columnSums(out: Float64Array, a: Float64Array, m: number, n: number): void {
  out.fill(0, 0, n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j] = out[j]! + a[i * n + j]!;
}
