import { wasmProduct } from "./product-module.ts";

/** How a matrix lies in an array: row by row, or column by column, so that the array holds its transpose row by row. */
export type Layout = "rows" | "columns";

/** Multiplications below which copying to the wasm module's memory costs more than it saves. */
const smallest = 2048;

/**
 * out[m × n] = a[m × inner] · b[inner × n], out by rows, plus `bias` in every row where one is given. Every sum goes in the
 * order of the inner index, whichever way it is computed, so that a run's bits do not depend on sizes elsewhere.
 */
export function product(
  out: Float64Array,
  a: Float64Array,
  aLayout: Layout,
  b: Float64Array,
  bLayout: Layout,
  m: number,
  inner: number,
  n: number,
  bias?: Float64Array,
): void {
  const [aRow, aColumn] = aLayout === "rows" ? [inner, 1] : [1, m];
  if (m * inner * n >= smallest) {
    wasmProduct(out, a, aRow, aColumn, b, bLayout === "columns", m, inner, n, bias);
    return;
  }
  const [bRow, bColumn] = bLayout === "rows" ? [n, 1] : [1, inner];
  for (let i = 0; i < m; i++) {
    const from = i * aRow;
    for (let j = 0; j < n; j++) {
      let sum = bias ? bias[j]! : 0;
      for (let p = 0, x = from, y = j * bColumn; p < inner; p++, x += aColumn, y += bRow) sum += a[x]! * b[y]!;
      out[i * n + j] = sum;
    }
  }
}

/** out[n] = the sums of the columns of a row-major a[m × n]. */
export function columnSums(out: Float64Array, a: Float64Array, m: number, n: number): void {
  out.fill(0, 0, n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j] = out[j]! + a[i * n + j]!;
}
