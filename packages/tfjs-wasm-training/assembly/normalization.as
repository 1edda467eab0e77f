// Layer normalisation over the last axis: y = (x - mean) / √(variance + ε) · scale + shift.
import { loadPart, storePart, sumLanes } from "./simd";

/** Σ (x - shift)^power over n floats, power 1 or 2. */
@inline
function sumAbout(x: usize, n: i32, shift: f32, squared: bool): f32 {
  const shifts = f32x4.splat(shift);
  let total = f32x4.splat(0);
  for (; n >= 4; n -= 4) {
    const difference = f32x4.sub(v128.load(x), shifts);
    total = f32x4.add(total, squared ? f32x4.mul(difference, difference) : difference);
    x += 16;
  }
  let sum = sumLanes(total);
  for (; n > 0; n--) {
    const difference = load<f32>(x) - shift;
    sum += squared ? difference * difference : difference;
    x += 4;
  }
  return sum;
}

/** Also writes mean and 1 / √(variance + ε) of each row to `statistics`, for the gradient. */
export function layerNorm(
  x: usize, scale: usize, shift: usize, y: usize, statistics: usize, rows: i32, width: i32, epsilon: f32,
): void {
  const size = <usize>width << 2;
  for (; rows > 0; rows--) {
    const mean = sumAbout(x, width, 0, false) / <f32>width;
    const variance = sumAbout(x, width, mean, true) / <f32>width;
    const inverse: f32 = 1 / sqrt<f32>(variance + epsilon);
    store<f32>(statistics, mean);
    store<f32>(statistics, inverse, 4);
    const means = f32x4.splat(mean), inverses = f32x4.splat(inverse);
    let i: usize = 0;
    let left = width;
    for (; left >= 4; left -= 4) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + i), means), inverses);
      v128.store(y + i, f32x4.add(f32x4.mul(normal, v128.load(scale + i)), v128.load(shift + i)));
      i += 16;
    }
    for (; left > 0; left--) {
      const normal = (load<f32>(x + i) - mean) * inverse;
      store<f32>(y + i, normal * load<f32>(scale + i) + load<f32>(shift + i));
      i += 4;
    }
    x += size;
    y += size;
    statistics += 8;
  }
}

/**
 * With n = (x - mean) · inverse and h = dy · scale: dx = inverse · (h - mean(h) - n · mean(h · n)), and over the rows
 * dscale = Σ dy · n, dshift = Σ dy; both start as zeros.
 */
export function layerNormGrad(
  x: usize, scale: usize, statistics: usize, dy: usize, dx: usize, dscale: usize, dshift: usize, rows: i32, width: i32,
): void {
  const size = <usize>width << 2;
  for (; rows > 0; rows--) {
    const mean = load<f32>(statistics), inverse = load<f32>(statistics, 4);
    const means = f32x4.splat(mean), inverses = f32x4.splat(inverse);
    let sums = f32x4.splat(0), products = sums;
    let i: usize = 0;
    for (let left = width; left > 0; left -= 4) {
      const count = min(left, 4);
      const whole = count == 4;
      const gradient = whole ? v128.load(dy + i) : loadPart(dy + i, count);
      const value = whole ? v128.load(x + i) : loadPart(x + i, count);
      const factor = whole ? v128.load(scale + i) : loadPart(scale + i, count);
      const normal = f32x4.mul(f32x4.sub(value, means), inverses);
      const inner = f32x4.mul(gradient, factor);
      sums = f32x4.add(sums, inner);
      products = f32x4.add(products, f32x4.mul(inner, normal));
      if (whole) {
        v128.store(dscale + i, f32x4.add(v128.load(dscale + i), f32x4.mul(gradient, normal)));
        v128.store(dshift + i, f32x4.add(v128.load(dshift + i), gradient));
      } else {
        storePart(dscale + i, f32x4.add(loadPart(dscale + i, count), f32x4.mul(gradient, normal)), count);
        storePart(dshift + i, f32x4.add(loadPart(dshift + i, count), gradient), count);
      }
      i += 16;
    }
    // Lanes past the end have inner = 0, so they add nothing to either sum.
    const sum = f32x4.splat(sumLanes(sums) / <f32>width), product = f32x4.splat(sumLanes(products) / <f32>width);
    i = 0;
    for (let left = width; left > 0; left -= 4) {
      const count = min(left, 4);
      const whole = count == 4;
      const gradient = whole ? v128.load(dy + i) : loadPart(dy + i, count);
      const value = whole ? v128.load(x + i) : loadPart(x + i, count);
      const factor = whole ? v128.load(scale + i) : loadPart(scale + i, count);
      const normal = f32x4.mul(f32x4.sub(value, means), inverses);
      const centred = f32x4.sub(f32x4.sub(f32x4.mul(gradient, factor), sum), f32x4.mul(normal, product));
      const result = f32x4.mul(centred, inverses);
      if (whole) v128.store(dx + i, result);
      else storePart(dx + i, result, count);
      i += 16;
    }
    x += size;
    dy += size;
    dx += size;
    statistics += 8;
  }
}
