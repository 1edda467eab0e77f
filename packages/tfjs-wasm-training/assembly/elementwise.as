// Element-wise functions that the stock backend computes one number at a time.
import { erf4, exp4, loadPart, storePart } from "./simd";

/** y = eˣ for n floats. */
export function exp(x: usize, y: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(y, exp4(v128.load(x)));
    x += 16;
    y += 16;
  }
  if (n > 0) storePart(y, exp4(loadPart(x, n)), n);
}

@inline
function erfOf(x: v128): v128 {
  return erf4(x, exp4(f32x4.neg(f32x4.mul(x, x))));
}

/** y = erf(x) for n floats. */
export function erf(x: usize, y: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(y, erfOf(v128.load(x)));
    x += 16;
    y += 16;
  }
  if (n > 0) storePart(y, erfOf(loadPart(x, n)), n);
}

/**
 * tanh(x): Cephes' polynomial where |x| < 0.625, so that small values keep their digits, and 1 - 2 / (e^(2|x|) + 1) with
 * the sign of x beyond.
 */
@inline
function tanhOf(x: v128): v128 {
  const magnitude = f32x4.abs(x), z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1));
  const near = f32x4.add(f32x4.mul(f32x4.mul(p, z), x), x);
  const power = exp4(f32x4.add(magnitude, magnitude));
  const rest = f32x4.div(f32x4.splat(2), f32x4.add(power, f32x4.splat(1)));
  const far = v128.or(f32x4.sub(f32x4.splat(1), rest), v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, far, f32x4.lt(magnitude, f32x4.splat(0.625)));
}

/** y = tanh(x) for n floats. */
export function tanh(x: usize, y: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(y, tanhOf(v128.load(x)));
    x += 16;
    y += 16;
  }
  if (n > 0) storePart(y, tanhOf(loadPart(x, n)), n);
}

@inline
function geluOf(x: v128): v128 {
  const erf = erf4(f32x4.mul(x, f32x4.splat(0.70710678118654752)), exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))));
  return f32x4.mul(f32x4.mul(x, f32x4.splat(0.5)), f32x4.add(erf, f32x4.splat(1)));
}

/** y = x · Φ(x), Φ the normal distribution function, for n floats. */
export function gelu(x: usize, y: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(y, geluOf(v128.load(x)));
    x += 16;
    y += 16;
  }
  if (n > 0) storePart(y, geluOf(loadPart(x, n)), n);
}

@inline
function geluGradOf(x: v128, dy: v128): v128 {
  const gaussian = exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
  const erf = erf4(f32x4.mul(x, f32x4.splat(0.70710678118654752)), gaussian);
  const distribution = f32x4.mul(f32x4.splat(0.5), f32x4.add(erf, f32x4.splat(1)));
  const density = f32x4.mul(gaussian, f32x4.splat(0.39894228040143268));
  return f32x4.mul(dy, f32x4.add(distribution, f32x4.mul(x, density)));
}

/** dx = dy · (Φ(x) + x · φ(x)) for n floats. */
export function geluGrad(x: usize, dy: usize, dx: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(dx, geluGradOf(v128.load(x), v128.load(dy)));
    x += 16;
    dy += 16;
    dx += 16;
  }
  if (n > 0) storePart(dx, geluGradOf(loadPart(x, n), loadPart(dy, n)), n);
}

/** y = x + row for each of `rows` rows of `width` floats. */
export function addToRows(x: usize, row: usize, y: usize, rows: i32, width: i32): void {
  for (; rows > 0; rows--) {
    let from = row;
    let left = width;
    for (; left >= 4; left -= 4) {
      v128.store(y, f32x4.add(v128.load(x), v128.load(from)));
      x += 16;
      y += 16;
      from += 16;
    }
    for (; left > 0; left--) {
      store<f32>(y, load<f32>(x) + load<f32>(from));
      x += 4;
      y += 4;
      from += 4;
    }
  }
}
