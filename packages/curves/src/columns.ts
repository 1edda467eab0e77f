/** The points of one series as they grow: what a live chart and a client keep. */

const firstCapacity = 1024;

/** Points in two growing columns; steps strictly increase. Appending is amortised constant, reading copies nothing. */
export class Columns {
  #steps = new Float64Array(firstCapacity);
  #values = new Float64Array(firstCapacity);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** View of the steps; valid until the next append. */
  get steps(): Float64Array {
    return this.#steps.subarray(0, this.#length);
  }

  /** View of the values; valid until the next append. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  get lastStep(): number | null {
    return this.#length === 0 ? null : this.#steps[this.#length - 1]!;
  }

  /**
   * Adds points and returns how many were taken; one whose step is not above the last is left out. Throws a RangeError
   * when the columns differ in length.
   */
  append(steps: ArrayLike<number>, values: ArrayLike<number>): number {
    if (steps.length !== values.length) {
      throw new RangeError(`steps and values must be of one length; got ${steps.length} and ${values.length}`);
    }
    this.#reserve(this.#length + steps.length);
    const before = this.#length;
    for (let i = 0; i < steps.length; i++) {
      if (this.#length > 0 && !(steps[i]! > this.#steps[this.#length - 1]!)) continue;
      this.#steps[this.#length] = steps[i]!;
      this.#values[this.#length] = values[i]!;
      this.#length++;
    }
    return this.#length - before;
  }

  /** Forgets the points at `step` and after it, as a resumed run does. */
  cut(step: number): void {
    this.#length = firstAtLeast(this.steps, step);
  }

  #reserve(length: number): void {
    if (length <= this.#steps.length) return;
    const grown = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const next = new Float64Array(Math.max(length, 2 * old.length));
      next.set(old.subarray(0, this.#length));
      return next;
    };
    this.#steps = grown(this.#steps);
    this.#values = grown(this.#values);
  }
}

/** Returns the index of the first element that is at least `value`, or the length. `ascending` must be. */
export function firstAtLeast(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
