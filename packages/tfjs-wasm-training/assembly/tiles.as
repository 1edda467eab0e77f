// The inner loops of matrix products: a few rows of C by one panel of eight columns.
//
// Every element of C is one chain of multiply, add over k = 0, 1, …, K-1 whatever its place in the tiling, so the same
// inputs give the same bits for every shape, path and machine (wasm SIMD has no fused multiply-add).
//
// These functions do nothing after their loop but store all eight columns. A branch there, for narrow panels or for adding
// to C, makes V8 spill accumulators inside the loop and costs 40 % of the speed; callers handle both through a tile of
// their own. For the same reason only four rows are taken where the loop is nested.
//
// Parameters: `a` is the first element of the first row of A, `column` the bytes from one k to the next, `panel` is B in
// order, eight floats for each k; rows of C lie `cRow` bytes apart.

/** Columns of a panel: two vectors. */
export const PANEL: i32 = 8;

/** Floats of the largest tile. */
export const TILE: i32 = 40;

/**
 * Five rows of A that lie one float apart: a transposed A as it stands, or a packed one. Ten accumulators, two vectors of
 * B, a factor and a product are what the registers of x86-64 hold.
 */
export function fiveRows(a: usize, panel: usize, c: usize, k: i32, column: usize, cRow: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00;
  for (; k > 0; k--) {
    const low = v128.load(panel), high = v128.load(panel, 16);
    let factor = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(factor, low));
    c01 = f32x4.add(c01, f32x4.mul(factor, high));
    factor = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(factor, low));
    c11 = f32x4.add(c11, f32x4.mul(factor, high));
    factor = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(factor, low));
    c21 = f32x4.add(c21, f32x4.mul(factor, high));
    factor = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(factor, low));
    c31 = f32x4.add(c31, f32x4.mul(factor, high));
    factor = v128.load32_splat(a, 16);
    c40 = f32x4.add(c40, f32x4.mul(factor, low));
    c41 = f32x4.add(c41, f32x4.mul(factor, high));
    panel += 32;
    a += column;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cRow;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cRow;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cRow;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += cRow;
  v128.store(c, c40);
  v128.store(c, c41, 16);
}

/** Four rows of A, `row` bytes apart. */
export function fourRows(a: usize, row: usize, panel: usize, c: usize, k: i32, column: usize, cRow: usize): void {
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
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cRow;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cRow;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cRow;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/** One row of A. */
export function oneRow(a: usize, panel: usize, c: usize, k: i32, column: usize): void {
  let c00 = f32x4.splat(0), c01 = c00;
  for (; k > 0; k--) {
    const factor = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(factor, v128.load(panel)));
    c01 = f32x4.add(c01, f32x4.mul(factor, v128.load(panel, 16)));
    panel += 32;
    a += column;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
}

/**
 * Four rows of A, `row` bytes apart, whose k comes in `runs` runs of `length`, `run` bytes from one to the next, as the
 * windows of a convolution do. The panel goes on through all runs.
 */
export function fourWindows(
  a: usize, row: usize, panel: usize, c: usize, runs: i32, run: usize, length: i32, column: usize, cRow: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (; runs > 0; runs--) {
    let a0 = a, a1 = a + row, a2 = a1 + row, a3 = a2 + row;
    for (let k = length; k > 0; k--) {
      const low = v128.load(panel), high = v128.load(panel, 16);
      let factor = v128.load32_splat(a0);
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
      a0 += column;
      a1 += column;
      a2 += column;
      a3 += column;
    }
    a += run;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cRow;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cRow;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cRow;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}

/** As {@link fourWindows}, one row. */
export function oneWindow(a: usize, panel: usize, c: usize, runs: i32, run: usize, length: i32, column: usize): void {
  let c00 = f32x4.splat(0), c01 = c00;
  for (; runs > 0; runs--) {
    let from = a;
    for (let k = length; k > 0; k--) {
      const factor = v128.load32_splat(from);
      c00 = f32x4.add(c00, f32x4.mul(factor, v128.load(panel)));
      c01 = f32x4.add(c01, f32x4.mul(factor, v128.load(panel, 16)));
      panel += 32;
      from += column;
    }
    a += run;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
}

/** Copies the first `width` columns of the `rows` rows of a tile to C. */
export function copyTile(tile: usize, c: usize, rows: i32, width: i32, cRow: usize): void {
  for (; rows > 0; rows--) {
    for (let j: usize = 0; j < <usize>width << 2; j += 4) store<f32>(c + j, load<f32>(tile + j));
    tile += 32;
    c += cRow;
  }
}

/** Adds the first `width` columns of the `rows` rows of a tile to C. */
export function addTile(tile: usize, c: usize, rows: i32, width: i32, cRow: usize): void {
  for (; rows > 0; rows--) {
    for (let j: usize = 0; j < <usize>width << 2; j += 4) store<f32>(c + j, load<f32>(c + j) + load<f32>(tile + j));
    tile += 32;
    c += cRow;
  }
}

/**
 * How many of `rows` rows go in tiles of five; the rest goes in tiles of four, and below 12 rows possibly one by one. From
 * 12 on every number is 5·f + 4·r, and a single row costs half as much as five.
 */
export function inFives(rows: i32): i32 {
  const fours = rows % 5 == 0 ? 0 : 5 - rows % 5;
  return fours * 4 <= rows ? rows - fours * 4 : rows - rows % 5;
}
