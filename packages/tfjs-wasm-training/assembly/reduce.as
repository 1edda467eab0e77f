// Sums and means over one axis of [outer, n, inner].
import { loadPart, storePart, sumLanes } from "./simd";

/** Sums of this many terms are added up before they join the total, which keeps rounding small for long axes. */
const BLOCK: i32 = 256;

/** Σ of n floats in a row. */
@inline
function sumRow(x: usize, n: i32): f32 {
  let total: f32 = 0;
  while (n > 0) {
    let count = min(n, BLOCK * 4);
    n -= count;
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (; count >= 16; count -= 16) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
      x += 64;
    }
    for (; count >= 4; count -= 4) {
      s0 = f32x4.add(s0, v128.load(x));
      x += 16;
    }
    if (count > 0) {
      s1 = f32x4.add(s1, loadPart(x, count));
      x += <usize>count << 2;
    }
    total += sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  return total;
}

/** Σ over n rows of 16 columns. `step` is the byte distance of rows. */
function sumColumns16(x: usize, y: usize, n: i32, step: usize, divisor: v128): void {
  let t0 = f32x4.splat(0), t1 = t0, t2 = t0, t3 = t0;
  while (n > 0) {
    let count = min(n, BLOCK);
    n -= count;
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (; count > 0; count--) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
      x += step;
    }
    t0 = f32x4.add(t0, s0);
    t1 = f32x4.add(t1, s1);
    t2 = f32x4.add(t2, s2);
    t3 = f32x4.add(t3, s3);
  }
  v128.store(y, f32x4.div(t0, divisor));
  v128.store(y, f32x4.div(t1, divisor), 16);
  v128.store(y, f32x4.div(t2, divisor), 32);
  v128.store(y, f32x4.div(t3, divisor), 48);
}

/** Σ over n rows of `width` (1 to 4) columns. */
function sumColumns(x: usize, y: usize, n: i32, step: usize, width: i32, divisor: v128): void {
  let total = f32x4.splat(0);
  while (n > 0) {
    let count = min(n, BLOCK);
    n -= count;
    let sum = f32x4.splat(0);
    if (width == 4) {
      for (; count > 0; count--) {
        sum = f32x4.add(sum, v128.load(x));
        x += step;
      }
    } else {
      for (; count > 0; count--) {
        sum = f32x4.add(sum, loadPart(x, width));
        x += step;
      }
    }
    total = f32x4.add(total, sum);
  }
  total = f32x4.div(total, divisor);
  if (width == 4) v128.store(y, total);
  else storePart(y, total, width);
}

/** y[outer, inner] = (Σ over n of x[outer, n, inner]) / divisor. */
export function reduceSum(x: usize, y: usize, outer: i32, n: i32, inner: i32, divisor: f32): void {
  if (inner == 1) {
    for (; outer > 0; outer--) {
      store<f32>(y, sumRow(x, n) / divisor);
      x += <usize>n << 2;
      y += 4;
    }
    return;
  }
  const step = <usize>inner << 2;
  const divisors = f32x4.splat(divisor);
  for (; outer > 0; outer--) {
    let j = 0;
    for (; j + 16 <= inner; j += 16) sumColumns16(x + (<usize>j << 2), y + (<usize>j << 2), n, step, divisors);
    for (; j < inner; j += 4) {
      sumColumns(x + (<usize>j << 2), y + (<usize>j << 2), n, step, min(4, inner - j), divisors);
    }
    x += <usize>n * step;
    y += step;
  }
}
