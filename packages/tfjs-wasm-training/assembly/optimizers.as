// One pass over weight, gradient and state. Results go to new places; an address of 0 leaves a result out.
import { loadPart, storePart } from "./simd";

@inline
function put(to: usize, x: v128, count: i32): void {
  if (count == 4) v128.store(to, x);
  else storePart(to, x, count);
}

@inline
function get(from: usize, count: i32): v128 {
  return count == 4 ? v128.load(from) : loadPart(from, count);
}

/** next = w - rate · (g + decay · w) for n floats. */
export function descend(w: usize, g: usize, next: usize, n: i32, rate: f32, decay: f32): void {
  const rates = f32x4.splat(rate), decays = f32x4.splat(decay);
  for (; n > 0; n -= 4) {
    const count = min(n, 4);
    const weight = get(w, count);
    const gradient = f32x4.add(get(g, count), f32x4.mul(weight, decays));
    put(next, f32x4.sub(weight, f32x4.mul(gradient, rates)), count);
    w += 16;
    g += 16;
    next += 16;
  }
}

/**
 * v ← momentum · v + g + decay · w, then w ← w - rate · v, or with Nesterov's look-ahead
 * w ← w - rate · (g + decay · w + momentum · v).
 */
export function momentum(
  w: usize, g: usize, v: usize, nextW: usize, nextV: usize, n: i32, rate: f32, keep: f32, decay: f32, nesterov: i32,
): void {
  const rates = f32x4.splat(rate), keeps = f32x4.splat(keep), decays = f32x4.splat(decay);
  for (let i: usize = 0; n > 0; n -= 4, i += 16) {
    const count = min(n, 4);
    const weight = get(w + i, count);
    const gradient = f32x4.add(get(g + i, count), f32x4.mul(weight, decays));
    const velocity = f32x4.add(f32x4.mul(get(v + i, count), keeps), gradient);
    const direction = nesterov ? f32x4.add(gradient, f32x4.mul(velocity, keeps)) : velocity;
    put(nextV + i, velocity, count);
    put(nextW + i, f32x4.sub(weight, f32x4.mul(direction, rates)), count);
  }
}

/**
 * Adam: m ← β₁m + (1 - β₁)g, v ← β₂v + (1 - β₂)g², u = (m · first) / (√(v · second) + ε) + decoupled · w, where g includes
 * decay · w, and first and second are the bias corrections. Writes u to `direction` and w - rate · u to `nextW`.
 *
 * @param w 0 when the weight is not needed: then decay and decoupled are 0 and `nextW` is 0.
 */
export function adam(
  w: usize, g: usize, m: usize, v: usize, nextW: usize, nextM: usize, nextV: usize, direction: usize, n: i32,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, first: f32, second: f32, epsilon: f32, decay: f32, decoupled: f32,
): void {
  for (let i: usize = 0; n > 0; n -= 4, i += 16) {
    const count = min(n, 4);
    const weight = w ? get(w + i, count) : f32x4.splat(0);
    const gradient = f32x4.add(get(g + i, count), f32x4.mul(weight, f32x4.splat(decay)));
    const moment = f32x4.add(
      f32x4.mul(get(m + i, count), f32x4.splat(beta1)),
      f32x4.mul(gradient, f32x4.splat(rest1)),
    );
    const square = f32x4.add(
      f32x4.mul(get(v + i, count), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(rest2)),
    );
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(square, f32x4.splat(second))), f32x4.splat(epsilon));
    const scaled = f32x4.div(f32x4.mul(moment, f32x4.splat(first)), root);
    const u = f32x4.add(scaled, f32x4.mul(weight, f32x4.splat(decoupled)));
    put(nextM + i, moment, count);
    put(nextV + i, square, count);
    if (direction) put(direction + i, u, count);
    if (nextW) put(nextW + i, f32x4.sub(weight, f32x4.mul(u, f32x4.splat(rate))), count);
  }
}
