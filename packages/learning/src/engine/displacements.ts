import { bytesOf, copyOf, zerosLike } from "./optimizers/optimizer.ts";

/** What the updates did: d_{t−1} of every weight tensor, and the weights as they stood before a move. */
export class Displacements {
  readonly #weights: readonly Float64Array[];
  #start: Float64Array[] | undefined;
  #previous: Float64Array[] | undefined;

  constructor(weights: readonly Float64Array[]) {
    this.#weights = weights;
  }

  /** d_{t−1}; undefined before the first update that kept it. */
  get previous(): readonly Float64Array[] | undefined {
    return this.#previous;
  }

  get bytes(): number {
    return bytesOf(this.#previous ?? []);
  }

  /** Copies the weights as they stand; returns the copies of all of them, older where not named. */
  snapshot(indices: readonly number[]): readonly Float64Array[] {
    this.#start ??= copyOf(this.#weights);
    for (const index of indices) this.#start[index]!.set(this.#weights[index]!);
    return this.#start;
  }

  /** Keeps the directions themselves as d_t. */
  keep(indices: readonly number[], directions: readonly Float64Array[]): void {
    this.#previous ??= zerosLike(this.#weights);
    for (const index of indices) this.#previous[index]!.set(directions[index]!);
  }

  /** Keeps what was really done since the snapshot, (w − w′) / rate; 0 where the rate was 0. */
  keepMoved(indices: readonly number[], rateOf: (index: number, j: number) => number): void {
    this.#previous ??= zerosLike(this.#weights);
    for (const index of indices) {
      const [w, from, kept] = [this.#weights[index]!, this.#start![index]!, this.#previous[index]!];
      for (let j = 0; j < w.length; j++) {
        const rate = rateOf(index, j);
        kept[j] = rate === 0 ? 0 : (from[j]! - w[j]!) / rate;
      }
    }
  }
}
