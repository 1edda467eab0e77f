// Matrix product on the heap of tfjs-backend-wasm. AssemblyScript: `npm run build:wasm` compiles it.
//
// Every element of C is one chain of multiply, add over k = 0, 1, …, K-1 whatever its place in the tiling, so the same
// inputs give the same bits for every shape, path and machine (wasm SIMD has no fused multiply-add).

/** Columns of a panel: two vectors. With four rows that is eight accumulators, which fit x86-64's 16 registers. */
const PANEL: i32 = 8;

/**
 * Copies B into panels of eight columns, `[ceil(N / 8)][K][8]`, zeros past column N: the inner loop then reads it in
 * order, and odd sizes and transposed matrices need no path of their own.
 */
export function packPanels(b: usize, packed: usize, n: i32, k: i32, rowStride: i32, columnStride: i32): void {
  const step = <usize>rowStride << 2;
  for (let j = 0; j < n; j += PANEL) {
    const width = min(PANEL, n - j);
    let source = b + (<usize>(j * columnStride) << 2);
    if (width == PANEL && columnStride == 1) {
      for (let row = 0; row < k; row++) {
        v128.store(packed, v128.load(source));
        v128.store(packed, v128.load(source, 16), 16);
        source += step;
        packed += 32;
      }
      continue;
    }
    if (width < PANEL) memory.fill(packed, 0, <usize>k << 5);
    for (let column = 0; column < width; column++) {
      let from = source;
      let to = packed + (<usize>column << 2);
      for (let row = 0; row < k; row++) {
        store<f32>(to, load<f32>(from));
        from += step;
        to += 32;
      }
      source += <usize>columnStride << 2;
    }
    packed += <usize>k << 5;
  }
}

/** Stores the first `width` of eight columns; `spare` is room for eight floats. */
@inline
function storeRow(c: usize, low: v128, high: v128, width: i32, spare: usize): void {
  if (width == PANEL) {
    v128.store(c, low);
    v128.store(c, high, 16);
  } else {
    v128.store(spare, low);
    v128.store(spare, high, 16);
    memory.copy(c, spare, <usize>width << 2);
  }
}

/** Four rows of C by one panel. `row` and `column` are byte strides of A, `cRow` of C. */
function fourRows(a: usize, panel: usize, c: usize, k: i32, row: usize, column: usize, cRow: usize, width: i32, spare: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let a1 = a + row, a2 = a1 + row, a3 = a2 + row;
  for (; k > 0; k--) {
    const low = v128.load(panel), high = v128.load(panel, 16);
    let factor = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(factor, low));
    c01 = f32x4.add(c01, f32x4.mul(factor, high));
    factor = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(factor, low));
    c11 = f32x4.add(c11, f32x4.mul(factor, high));
    factor = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(factor, low));
    c21 = f32x4.add(c21, f32x4.mul(factor, high));
    factor = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(factor, low));
    c31 = f32x4.add(c31, f32x4.mul(factor, high));
    panel += 32;
    a += column;
    a1 += column;
    a2 += column;
    a3 += column;
  }
  storeRow(c, c00, c01, width, spare);
  c += cRow;
  storeRow(c, c10, c11, width, spare);
  c += cRow;
  storeRow(c, c20, c21, width, spare);
  c += cRow;
  storeRow(c, c30, c31, width, spare);
}

/** One row of C by one panel, for the rows that four does not divide. */
function oneRow(a: usize, panel: usize, c: usize, k: i32, column: usize, width: i32, spare: usize): void {
  let low = f32x4.splat(0), high = low;
  for (; k > 0; k--) {
    const factor = v128.load32_splat(a);
    low = f32x4.add(low, f32x4.mul(factor, v128.load(panel)));
    high = f32x4.add(high, f32x4.mul(factor, v128.load(panel, 16)));
    panel += 32;
    a += column;
  }
  storeRow(c, low, high, width, spare);
}

/**
 * C[b] = A[b] · B[b] for b = 0 … batch - 1, with C of M rows and N columns in row order.
 *
 * @param a, b, c Byte addresses.
 * @param aBatch, bBatch Elements from one matrix to the next; 0 uses the same one for the whole batch.
 * @param aRow, aColumn, bRow, bColumn Elements from one row or column to the next, so a transposed matrix only swaps them.
 * @param scratch Byte address of room for `ceil(N / 8) · 8 · K + 8` floats.
 */
export function matmul(
  a: usize, b: usize, c: usize, batch: i32, m: i32, n: i32, k: i32,
  aBatch: i32, aRow: i32, aColumn: i32, bBatch: i32, bRow: i32, bColumn: i32, scratch: usize,
): void {
  const spare = scratch;
  const packed = scratch + 32;
  const row = <usize>aRow << 2, column = <usize>aColumn << 2, cRow = <usize>n << 2;
  for (let index = 0; index < batch; index++) {
    if (index == 0 || bBatch != 0) packPanels(b, packed, n, k, bRow, bColumn);
    let panel = packed;
    for (let j = 0; j < n; j += PANEL) {
      const width = min(PANEL, n - j);
      let to = c + (<usize>j << 2), from = a, i = 0;
      for (; i + 4 <= m; i += 4) {
        fourRows(from, panel, to, k, row, column, cRow, width, spare);
        from += row << 2;
        to += cRow << 2;
      }
      for (; i < m; i++) {
        oneRow(from, panel, to, k, column, width, spare);
        from += row;
        to += cRow;
      }
      panel += <usize>k << 5;
    }
    a += <usize>aBatch << 2;
    b += <usize>bBatch << 2;
    c += <usize>(m * n) << 2;
  }
}

/** Adds the first `width` of eight columns to what stands at `c`. */
@inline
function addRow(c: usize, low: v128, high: v128, width: i32, spare: usize): void {
  if (width == PANEL) {
    v128.store(c, f32x4.add(v128.load(c), low));
    v128.store(c, f32x4.add(v128.load(c, 16), high), 16);
  } else {
    v128.store(spare, low);
    v128.store(spare, high, 16);
    for (; width > 0; width--) {
      store<f32>(c, load<f32>(c) + load<f32>(spare));
      c += 4;
      spare += 4;
    }
  }
}

/**
 * Adds four rows of a product to C. The rows of A lie one float apart; along k they come in `runs` runs of `length`,
 * `column` bytes from one to the next, and `run` bytes from one run to the next. The panel goes on through all runs.
 */
export function fourRowsAdded(
  a: usize, panel: usize, c: usize, runs: i32, run: usize, length: i32, column: usize, cRow: usize, width: i32, spare: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (; runs > 0; runs--) {
    let from = a;
    for (let k = length; k > 0; k--) {
      const low = v128.load(panel), high = v128.load(panel, 16);
      let factor = v128.load32_splat(from);
      c00 = f32x4.add(c00, f32x4.mul(factor, low));
      c01 = f32x4.add(c01, f32x4.mul(factor, high));
      factor = v128.load32_splat(from, 4);
      c10 = f32x4.add(c10, f32x4.mul(factor, low));
      c11 = f32x4.add(c11, f32x4.mul(factor, high));
      factor = v128.load32_splat(from, 8);
      c20 = f32x4.add(c20, f32x4.mul(factor, low));
      c21 = f32x4.add(c21, f32x4.mul(factor, high));
      factor = v128.load32_splat(from, 12);
      c30 = f32x4.add(c30, f32x4.mul(factor, low));
      c31 = f32x4.add(c31, f32x4.mul(factor, high));
      panel += 32;
      from += column;
    }
    a += run;
  }
  addRow(c, c00, c01, width, spare);
  c += cRow;
  addRow(c, c10, c11, width, spare);
  c += cRow;
  addRow(c, c20, c21, width, spare);
  c += cRow;
  addRow(c, c30, c31, width, spare);
}

/** As {@link fourRowsAdded}, one row. */
export function oneRowAdded(
  a: usize, panel: usize, c: usize, runs: i32, run: usize, length: i32, column: usize, width: i32, spare: usize,
): void {
  let low = f32x4.splat(0), high = low;
  for (; runs > 0; runs--) {
    let from = a;
    for (let k = length; k > 0; k--) {
      const factor = v128.load32_splat(from);
      low = f32x4.add(low, f32x4.mul(factor, v128.load(panel)));
      high = f32x4.add(high, f32x4.mul(factor, v128.load(panel, 16)));
      panel += 32;
      from += column;
    }
    a += run;
  }
  addRow(c, low, high, width, spare);
}
