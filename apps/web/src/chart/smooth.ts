import { type Curve, emptyCurve, exactCurve } from "./curve.ts";

/**
 * An exponential moving average that grows with its curve: s ← β^Δ·s + (1 − β^Δ)·x, where Δ is the steps since the point
 * before, divided by the same average of ones so that the start is not drawn towards zero (Kingma and Ba,
 * arXiv:1412.6980, §3). Values that are not finite leave it as it was.
 */
export class Smoother {
  readonly beta: number;
  #generation = -1;
  #values = new Float64Array(0);
  #done = 0;
  #average = 0;
  #weight = 0;

  /** @param beta From 0 (no smoothing) to below 1. */
  constructor(beta: number) {
    this.beta = beta;
  }

  /** The smoothed curve. `generation` changes whenever earlier points of the curve did (a rewind, a reload). */
  of(curve: Curve, generation: number): Curve {
    const n = curve.steps.length;
    if (n === 0) return emptyCurve;
    if (generation !== this.#generation || n < this.#done) {
      this.#generation = generation;
      this.#done = 0;
      this.#average = 0;
      this.#weight = 0;
    }
    if (this.#values.length < n) {
      const grown = new Float64Array(Math.max(n, 2 * this.#values.length, 256));
      grown.set(this.#values.subarray(0, this.#done));
      this.#values = grown;
    }
    for (let i = this.#done; i < n; i += 1) {
      const value = curve.mean[i]!;
      if (Number.isFinite(value)) {
        const kept = this.beta ** (i === 0 ? 1 : curve.steps[i]! - curve.steps[i - 1]!);
        this.#average = kept * this.#average + (1 - kept) * value;
        this.#weight = kept * this.#weight + (1 - kept);
      }
      this.#values[i] = this.#weight > 0 ? this.#average / this.#weight : Number.NaN;
    }
    this.#done = n;
    return exactCurve(curve.steps, this.#values.subarray(0, n));
  }
}
