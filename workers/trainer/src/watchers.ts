import { channels, WatchRing } from "@etude/contracts";
import type { Bus } from "@etude/service";

/** Viewers announce themselves every 10 s; a run without news from them for this long is not watched. */
const forgetAfterMs = 25_000;

/** Knows which runs somebody looks at right now, so that points are committed often only where it matters. */
export class Watchers {
  readonly #seen = new Map<string, number>();
  readonly #listeners = new Map<string, () => void>();
  #unsubscribe: (() => void) | undefined;

  async start(bus: Bus): Promise<void> {
    this.#unsubscribe = await bus.subscribe(channels.watch, ({ header }) => {
      const { runId } = WatchRing.parse(JSON.parse(header));
      const news = !this.isWatched(runId);
      this.#seen.set(runId, Date.now());
      if (news) this.#listeners.get(runId)?.();
    });
  }

  isWatched(runId: string): boolean {
    return Date.now() - (this.#seen.get(runId) ?? -Infinity) < forgetAfterMs;
  }

  /** Calls `listener` when somebody begins to watch the run. One listener a run. */
  onWatched(runId: string, listener: () => void): () => void {
    this.#listeners.set(runId, listener);
    return () => {
      this.#listeners.delete(runId);
      this.#seen.delete(runId);
    };
  }

  stop(): void {
    this.#unsubscribe?.();
  }
}
