import { LRUCache } from "lru-cache";
import type { RunRecorder } from "./recorder.ts";

/** Open series of all runs together: 16 KiB of open points each. */
const maxOpenSeries = 4096;

/**
 * Recorders of external runs that this process has appended to, so that a small append does not load the run's state
 * again. A recorder in here knows the log as it stood at its last flush; whether it still stands so is for the fence
 * of the next flush to tell. Writers of one run in this process take turns.
 */
export class OpenRuns {
  readonly #open = new LRUCache<string, RunRecorder>({
    maxSize: maxOpenSeries,
    sizeCalculation: ({ seriesCount }) => Math.max(1, seriesCount),
  });
  readonly #turns = new Map<string, Promise<unknown>>();

  /**
   * Runs `work` after all earlier work on the run. It is given the recorder that is kept, if any, and returns the one
   * to keep; when it throws, none is kept.
   */
  async inTurn<T>(
    runId: string,
    work: (kept: RunRecorder | undefined) => Promise<{ keep: RunRecorder | undefined; result: T }>,
  ): Promise<T> {
    const before = this.#turns.get(runId);
    const turn = this.#after(before, runId, work);
    const settled = turn.catch(() => undefined);
    this.#turns.set(runId, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(runId) === settled) this.#turns.delete(runId);
    }
  }

  async #after<T>(
    before: Promise<unknown> | undefined,
    runId: string,
    work: (kept: RunRecorder | undefined) => Promise<{ keep: RunRecorder | undefined; result: T }>,
  ): Promise<T> {
    await before;
    const kept = this.#open.get(runId);
    // What fails half-way knows less than the database: it must not be found again.
    this.#open.delete(runId);
    const { keep, result } = await work(kept);
    if (keep) this.#open.set(runId, keep);
    return result;
  }
}
