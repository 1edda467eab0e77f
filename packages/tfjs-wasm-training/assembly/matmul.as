// Matrix product on the heap of tfjs-backend-wasm. AssemblyScript: `npm run build:wasm` compiles it.
import { copyTile, fiveRows, fourRows, inFives, oneRow, PANEL, TILE } from "./tiles";

/** Columns of B from which on copying A together pays. */
const WIDE: i32 = 48;

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

/** Copies `fives` rows of A into `[fives / 5][K][5]`, so that the five factors of a step lie side by side. */
function packFives(a: usize, packed: usize, fives: i32, k: i32, row: usize, column: usize): void {
  for (let i = 0; i < fives; i += 5) {
    for (let lane: usize = 0; lane < 20; lane += 4) {
      let from = a;
      let to = packed + lane;
      for (let step = 0; step < k; step++) {
        store<f32>(to, load<f32>(from));
        from += column;
        to += 20;
      }
      a += row;
    }
    packed += <usize>k * 20;
  }
}

/**
 * C[b] = A[b] · B[b] for b = 0 … batch - 1, with C of M rows and N columns in row order.
 *
 * @param a, b, c Byte addresses.
 * @param aBatch, bBatch Elements from one matrix to the next; 0 uses the same one for the whole batch.
 * @param aRow, aColumn, bRow, bColumn Elements from one row or column to the next, so a transposed matrix only swaps them.
 * @param scratch Byte address of room for `40 + ceil(N / 8) · 8 · K + M · K` floats.
 */
export function matmul(
  a: usize, b: usize, c: usize, batch: i32, m: i32, n: i32, k: i32,
  aBatch: i32, aRow: i32, aColumn: i32, bBatch: i32, bRow: i32, bColumn: i32, scratch: usize,
): void {
  const tile = scratch;
  const panels = scratch + (<usize>TILE << 2);
  const packed = panels + (<usize>(((n + 7) & ~7) * k) << 2);
  const row = <usize>aRow << 2, column = <usize>aColumn << 2, cRow = <usize>n << 2;
  const sideBySide = aRow == 1;
  const fives = sideBySide || n >= WIDE ? inFives(m) : 0;
  const fivesColumn = sideBySide ? column : 20;
  for (let index = 0; index < batch; index++) {
    if (index == 0 || bBatch != 0) packPanels(b, panels, n, k, bRow, bColumn);
    if (!sideBySide && fives > 0 && (index == 0 || aBatch != 0)) packFives(a, packed, fives, k, row, column);
    let panel = panels;
    for (let j = 0; j < n; j += PANEL) {
      const width = min(PANEL, n - j);
      const narrow = width < PANEL;
      const toRow = narrow ? 32 : cRow;
      let to = c + (<usize>j << 2), i = 0;
      for (; i < fives; i += 5) {
        const from = sideBySide ? a + (<usize>i << 2) : packed + (<usize>(i * k) << 2);
        fiveRows(from, panel, narrow ? tile : to, k, fivesColumn, toRow);
        if (narrow) copyTile(tile, to, 5, width, cRow);
        to += cRow * 5;
      }
      let from = a + <usize>i * row;
      for (; i + 4 <= m; i += 4) {
        fourRows(from, row, panel, narrow ? tile : to, k, column, toRow);
        if (narrow) copyTile(tile, to, 4, width, cRow);
        from += row << 2;
        to += cRow << 2;
      }
      for (; i < m; i++) {
        oneRow(from, panel, narrow ? tile : to, k, column);
        if (narrow) copyTile(tile, to, 1, width, cRow);
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
