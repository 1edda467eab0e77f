/** What the viewers of one socket share: only so many pages at a time, whatever number of runs it follows. */
export interface LaneLimits {
  /** A peer with no more than this on its way to it takes what it is sent. */
  readonly calmBytes: number;
  /** Pages that are read or sent at a time: what a peer that takes nothing costs in memory. */
  readonly pages: number;
}

const defaults: LaneLimits = { calmBytes: 256 * 1024, pages: 4 };

export class Lane {
  readonly #socket: { readonly bufferedAmount: number };
  readonly #limits: LaneLimits;
  readonly #waiting: (() => void)[] = [];
  #pages = 0;
  #lagging = false;

  constructor(socket: { readonly bufferedAmount: number }, limits: Partial<LaneLimits> = {}) {
    this.#socket = socket;
    this.#limits = { ...defaults, ...limits };
  }

  /** True while the peer takes what it is sent. Who asks and is told no has fallen behind. */
  calm(): boolean {
    const calm = this.#socket.bufferedAmount <= this.#limits.calmBytes;
    this.#lagging ||= !calm;
    return calm;
  }

  /** The peer has fallen behind and not caught up since: what it has missed comes folded. */
  get lagging(): boolean {
    return this.#lagging;
  }

  /** Runs `work`, which reads a page and sends it, when it is its turn. */
  async turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#pages >= this.#limits.pages) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#pages += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#pages -= 1;
      if (this.#pages === 0 && this.#socket.bufferedAmount <= this.#limits.calmBytes) this.#lagging = false;
    }
  }
}
