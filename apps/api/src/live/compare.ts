import type { Database } from "@etude/db";
import type { Logger } from "@etude/service";
import type { Session } from "./session.ts";

interface CompareOptions {
  readonly db: Pick<Database, "history">;
  readonly logger: Logger;
  readonly sessions: () => Iterable<Session>;
  readonly everyMs: number;
}

export interface Comparison {
  /** Compares at once, unless a comparison is under way. */
  now(): void;
  stop(): Promise<void>;
}

/** Compares all viewers of this process with the log every `everyMs`, in one query each time. */
export function startComparing({ db, logger, sessions, everyMs }: CompareOptions): Comparison {
  let running: Promise<void> | undefined;

  const once = async (): Promise<void> => {
    const runIds = new Set([...sessions()].flatMap((session) => session.runIds()));
    if (runIds.size === 0) return;
    try {
      const positions = await db.history.positions([...runIds]);
      for (const session of sessions()) session.compare(positions, runIds);
    } catch (error) {
      logger.warn({ err: error }, "viewers could not be compared with the log");
    }
  };
  const now = (): void => {
    running ??= once().finally(() => (running = undefined));
  };
  const timer = setInterval(now, everyMs);
  return {
    now,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
