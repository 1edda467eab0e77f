/** How far back the pace looks, in milliseconds. */
const windowMs = 5000;

/** Steps per second over the last seconds, from the steps that arrived and when. */
export class Pace {
  #marks: { readonly step: number; readonly atMs: number }[] = [];

  /** Notes that `step` had been reached at `atMs`. */
  add(step: number, atMs: number): void {
    this.#marks.push({ step, atMs });
    while (this.#marks.length > 2 && this.#marks[0]!.atMs < atMs - windowMs) this.#marks.shift();
  }

  /** Forgets everything: the run went back to a checkpoint. */
  restart(): void {
    this.#marks = [];
  }

  /** Steps per second, 0 while unknown or when nothing has arrived for the whole window. */
  perSecond(nowMs: number): number {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (!first || !last || first === last || nowMs - last.atMs > windowMs) return 0;
    return ((last.step - first.step) / (last.atMs - first.atMs)) * 1000;
  }
}
