// What a dense layer and the update of its weights need beside the products.
import { sumLanes } from "./simd";

/** y ← y + row for each of `rows` rows of `width` floats, then, with `relu`, max(0, y). NaN stays NaN. */
export function finishDense(y: usize, row: usize, rows: i32, width: i32, relu: i32): void {
  const zeros = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let from = row, left = width;
    for (; left >= 4; left -= 4) {
      const sum = f32x4.add(v128.load(y), v128.load(from));
      v128.store(y, relu ? f32x4.max(sum, zeros) : sum);
      y += 16;
      from += 16;
    }
    for (; left > 0; left--) {
      const sum = load<f32>(y) + load<f32>(from);
      store<f32>(y, relu ? max<f32>(sum, 0) : sum);
      y += 4;
      from += 4;
    }
  }
}

/** dx = dy where y > 0, else 0, for n floats. */
export function reluGrad(y: usize, dy: usize, dx: usize, n: i32): void {
  const zeros = f32x4.splat(0);
  for (; n >= 4; n -= 4) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zeros)));
    y += 16;
    dy += 16;
    dx += 16;
  }
  for (; n > 0; n--) {
    store<f32>(dx, load<f32>(y) > 0 ? load<f32>(dy) : 0);
    y += 4;
    dy += 4;
    dx += 4;
  }
}

/** Stores the sum of the squares of n floats; always added in the same order. */
export function sumSquares(x: usize, to: usize, n: i32): void {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (; n >= 16; n -= 16) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    a = f32x4.add(a, f32x4.mul(x0, x0));
    b = f32x4.add(b, f32x4.mul(x1, x1));
    c = f32x4.add(c, f32x4.mul(x2, x2));
    d = f32x4.add(d, f32x4.mul(x3, x3));
    x += 64;
  }
  for (; n >= 4; n -= 4) {
    const x0 = v128.load(x);
    a = f32x4.add(a, f32x4.mul(x0, x0));
    x += 16;
  }
  let sum = sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  for (; n > 0; n--) {
    sum += load<f32>(x) * load<f32>(x);
    x += 4;
  }
  store<f32>(to, sum);
}
