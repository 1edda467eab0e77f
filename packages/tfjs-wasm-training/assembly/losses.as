// Cross-entropy of logits against a distribution, row by row.
import { exp4, loadPart, storePart, sumLanes } from "./simd";

/** The largest of n floats; NaN when one is NaN. */
@inline
function largest(x: usize, n: i32): f32 {
  let bests = f32x4.splat(-Infinity);
  for (; n >= 4; n -= 4) {
    bests = f32x4.max(bests, v128.load(x));
    x += 16;
  }
  let best = max(
    max(f32x4.extract_lane(bests, 0), f32x4.extract_lane(bests, 1)),
    max(f32x4.extract_lane(bests, 2), f32x4.extract_lane(bests, 3)),
  );
  for (; n > 0; n--) {
    best = max(best, load<f32>(x));
    x += 4;
  }
  return best;
}

/**
 * For each of `rows` rows of logits x and targets t: loss = Σ t · (log Σ eˣ - x), gradient = softmax(x) · Σ t - t.
 * The largest logit is taken off first, so that no power overflows.
 */
export function softmaxCrossEntropy(x: usize, t: usize, loss: usize, gradient: usize, rows: i32, classes: i32): void {
  const size = <usize>classes << 2;
  for (; rows > 0; rows--) {
    const top = largest(x, classes);
    const tops = f32x4.splat(top);
    let powers = f32x4.splat(0), weights = powers, products = powers;
    let i: usize = 0;
    let left = classes;
    for (; left >= 4; left -= 4) {
      const shifted = f32x4.sub(v128.load(x + i), tops);
      const power = exp4(shifted), target = v128.load(t + i);
      v128.store(gradient + i, power);
      powers = f32x4.add(powers, power);
      weights = f32x4.add(weights, target);
      products = f32x4.add(products, f32x4.mul(target, shifted));
      i += 16;
    }
    let power: f32 = sumLanes(powers), weight: f32 = sumLanes(weights), product: f32 = sumLanes(products);
    for (; left > 0; left--) {
      const shifted = load<f32>(x + i) - top;
      const one = f32x4.extract_lane(exp4(f32x4.splat(shifted)), 0);
      const target = load<f32>(t + i);
      store<f32>(gradient + i, one);
      power += one;
      weight += target;
      product += target * shifted;
      i += 4;
    }
    store<f32>(loss, weight * <f32>naturalLog(power) - product);
    const share = weight / power;
    const shares = f32x4.splat(share);
    i = 0;
    for (left = classes; left > 0; left -= 4) {
      if (left >= 4) {
        v128.store(gradient + i, f32x4.sub(f32x4.mul(v128.load(gradient + i), shares), v128.load(t + i)));
      } else {
        const rest = f32x4.sub(f32x4.mul(loadPart(gradient + i, left), shares), loadPart(t + i, left));
        storePart(gradient + i, rest, left);
      }
      i += 16;
    }
    x += size;
    t += size;
    gradient += size;
    loss += 4;
  }
}

/**
 * ln x for finite x ≥ 1 (a sum of powers of which one is 1), in double precision: x = 2ᵉ · m with m in [√½, √2), and
 * ln m = 2 artanh((m - 1) / (m + 1)) by its series, whose first term left out is below 1e-12. NaN stays NaN.
 */
function naturalLog(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<u64>(x);
  let exponent = <f64>(<i32>(bits >> 52) - 1023);
  let mantissa = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const q = s * s;
  const series = 1 + q * (1 / 3.0 + q * (1 / 5.0 + q * (1 / 7.0 + q * (1 / 9.0 + q * (1 / 11.0 + q * (1 / 13.0 + q / 15.0))))));
  return exponent * 0.6931471805599453 + 2 * s * series;
}
