/** Who wants to be called after a change. */
export class Listeners {
  readonly #all = new Set<() => void>();

  /** Adds a listener; returns how to remove it. */
  add = (listener: () => void): (() => void) => {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  };

  notify(): void {
    for (const listener of this.#all) listener();
  }
}
