import { setTimeout as sleep } from "node:timers/promises";

/** A running part of the product. */
export interface Running {
  readonly pid: number;
  /** Resolves, with the reason in words, when it is gone. Never rejects. */
  readonly exited: Promise<string>;
  /** Stops it in good order. */
  stop(): Promise<void>;
}

export interface KeeperOptions {
  readonly name: string;
  /** Starts the part and resolves when it serves. Rejects with what a user should read. */
  readonly start: () => Promise<Running>;
  readonly say: (line: string) => void;
  /** Called after every start, the first one too. */
  readonly onStart: (pid: number) => void;
  /** The part died too often; the whole product has to stop. */
  readonly onGiveUp: (why: string) => void;
}

const restartsAMinute = 5;

/** Keeps one part running: restarts it after a death with growing pauses, and gives up after five deaths in a minute. */
export class Keeper {
  readonly #options: KeeperOptions;
  #running: Running | undefined;
  #stopping = false;
  #deaths: number[] = [];
  #kept: Promise<void> = Promise.resolve();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** First start; rejects when it fails. Afterwards the part is kept. */
  async start(): Promise<void> {
    this.#running = await this.#options.start();
    this.#options.onStart(this.#running.pid);
    this.#kept = this.#keep(this.#running);
  }

  /** Stops the part for good. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running?.stop();
    await this.#kept;
  }

  async #keep(first: Running): Promise<void> {
    const { name, say, start, onStart, onGiveUp } = this.#options;
    let why = await first.exited;
    while (!this.#stopping) {
      const now = Date.now();
      this.#deaths = [...this.#deaths.filter((at) => now - at < 60_000), now];
      if (this.#deaths.length > restartsAMinute) {
        onGiveUp(`${name} died ${this.#deaths.length} times within a minute; the last time: ${why}`);
        return;
      }
      say(`${name} is gone (${why}); starting it again.`);
      await sleep(100 * 2 ** (this.#deaths.length - 1));
      if (this.#stopping) return;
      try {
        this.#running = await start();
        if (this.#stopping) await this.#running.stop();
        else onStart(this.#running.pid);
        why = await this.#running.exited;
      } catch (error) {
        why = (error as Error).message;
      }
    }
  }
}
