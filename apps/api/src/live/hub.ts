/** One subscription on the bus for each run that anybody here watches, and word to its worker that somebody does. */
import { channels, Ring, RunsRing } from "@etude/contracts";
import type { Bus, Logger } from "@etude/service";

type RingListener = (ring: Ring, frame: Uint8Array | undefined) => void;

export interface Hub {
  /** Calls `listener` for every ring of the run. Resolves to its end once rings arrive. */
  watch(runId: string, listener: RingListener): Promise<() => void>;
  /** Calls `listener` when any run is created, changed or deleted. */
  watchRuns(listener: (ring: RunsRing) => void): Promise<() => void>;
  /** Calls `listener` whenever rings may have been lost. */
  onGap(listener: () => void): () => void;
  /** Runs watched here. */
  readonly size: number;
  close(): void;
}

const watchEveryMs = 10_000;

interface Watched {
  readonly listeners: Set<RingListener>;
  readonly unsubscribe: Promise<() => void>;
}

const parsed = <T>(
  schema: { safeParse(value: unknown): { success: boolean; data?: T } },
  header: string,
): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(header)).data;
  } catch {
    return undefined;
  }
};

/** Returns the hub of this process. */
export function createHub(bus: Bus, logger: Logger): Hub {
  const runs = new Map<string, Watched>();

  const sayWatched = (runId: string): void => bus.publish(channels.watch, { header: JSON.stringify({ runId }) });
  const timer = setInterval(() => {
    for (const runId of runs.keys()) sayWatched(runId);
  }, watchEveryMs);
  timer.unref();
  const stopListening = bus.onReconnect(() => {
    for (const runId of runs.keys()) sayWatched(runId);
  });

  const subscribe = (runId: string): Watched => {
    const listeners = new Set<RingListener>();
    const unsubscribe = bus.subscribe(channels.run(runId), ({ header, frame }) => {
      const ring = parsed(Ring, header);
      if (ring === undefined) logger.warn({ header: header.slice(0, 200) }, "a ring that nobody understands");
      else for (const listener of listeners) listener(ring, frame);
    });
    return { listeners, unsubscribe };
  };

  return {
    async watch(runId, listener) {
      const watched = runs.get(runId) ?? subscribe(runId);
      runs.set(runId, watched);
      watched.listeners.add(listener);
      sayWatched(runId);
      const unsubscribe = await watched.unsubscribe;
      return () => {
        watched.listeners.delete(listener);
        if (watched.listeners.size > 0 || runs.get(runId) !== watched) return;
        runs.delete(runId);
        unsubscribe();
      };
    },
    watchRuns: (listener) =>
      bus.subscribe(channels.runs, ({ header }) => {
        const ring = parsed(RunsRing, header);
        if (ring !== undefined) listener(ring);
      }),
    onGap: (listener) => bus.onReconnect(listener),
    get size() {
      return runs.size;
    },
    close() {
      clearInterval(timer);
      stopListening();
    },
  };
}
