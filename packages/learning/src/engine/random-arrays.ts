import { randomStream } from "@etude/catalog";

/** Returns `count` normal numbers with mean 0, a function of seed and purpose. */
export function normals(count: number, deviation: number, seed: number, purpose: string): Float64Array {
  const random = randomStream(seed, purpose);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = deviation * random.normal();
  return values;
}

/** Returns `count` numbers uniform in [low, high), a function of seed and purpose. */
export function uniforms(count: number, low: number, high: number, seed: number, purpose: string): Float64Array {
  const random = randomStream(seed, purpose);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = low + (high - low) * random.uniform();
  return values;
}

/** Writes normal numbers of this step, the same whenever the step is asked for. */
export function stepNormals(into: Float64Array, deviation: number, seed: number, purpose: string, step: number): void {
  const random = randomStream(seed, purpose, step);
  for (let i = 0; i < into.length; i++) into[i] = deviation * random.normal();
}
