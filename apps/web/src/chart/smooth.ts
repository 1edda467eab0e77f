import { smoothed } from "@etude/curves";
import { type Curve, emptyCurve, exactCurve } from "./curve.ts";

/** A curve's moving average, computed again only when the curve grew or its generation changed. */
export class Smoother {
  readonly span: number;
  #generation = -1;
  #result = emptyCurve;

  /** @param span Steps after which a point weighs 1/e; 0 leaves the curve as it is. */
  constructor(span: number) {
    this.span = span;
  }

  /** The average of `curve`. `generation` changes whenever points already seen did: a rewind, a reload, a zoom. */
  of(curve: Curve, generation: number): Curve {
    if (this.span === 0) return curve;
    if (generation !== this.#generation || curve.steps.length !== this.#result.steps.length) {
      this.#generation = generation;
      this.#result = exactCurve(curve.steps, smoothed(curve.steps, curve.mean, this.span));
    }
    return this.#result;
  }
}
