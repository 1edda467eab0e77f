/** Limits of the pause before a reconnect, in milliseconds. */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

export const defaultBackoff: Backoff = { baseMs: 500, capMs: 15_000 };

/**
 * Milliseconds to wait before try number `tries` (from 0): "full jitter", uniform in [0, min(cap, base · 2^tries)], so
 * that the viewers of a server that came back do not arrive all at once
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
 */
export const backoffMs = (tries: number, { baseMs, capMs }: Backoff, random: () => number = Math.random): number =>
  random() * Math.min(capMs, baseMs * 2 ** Math.min(tries, 30));

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
