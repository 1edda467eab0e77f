/** Resolves CSS colours, which may be variables and follow the theme, to what a canvas understands. */
export class Colours {
  readonly #probe: HTMLElement;
  readonly #known = new Map<string, string>();

  /** @param host Element whose theme decides. */
  constructor(host: HTMLElement) {
    this.#probe = document.createElement("i");
    this.#probe.hidden = true;
    host.append(this.#probe);
  }

  /** The colour as rgb(), with the given opacity from 0 to 1. */
  of(colour: string, opacity = 1): string {
    const name = `${colour} ${opacity}`;
    let resolved = this.#known.get(name);
    if (resolved === undefined) {
      this.#probe.style.color = opacity === 1 ? colour : `color-mix(in srgb, ${colour} ${opacity * 100}%, transparent)`;
      resolved = getComputedStyle(this.#probe).color;
      this.#known.set(name, resolved);
    }
    return resolved;
  }

  dispose(): void {
    this.#probe.remove();
  }
}
