/** The sessions of this process, whatever carries them: one hub, one comparison with the log. */
import type { Database } from "@etude/db";
import type { Bus, Logger, Metrics } from "@etude/service";
import { startComparing } from "./compare.ts";
import { createHub } from "./hub.ts";
import type { Outlet } from "./outlet.ts";
import { Session } from "./session.ts";
import { sharedReads } from "./shared-reads.ts";

/** Comparing with the log makes a lost ring cost this much, and never a point. */
const compareEveryMs = 2000;
const heartbeatEveryMs = 15_000;

export interface LiveParts {
  readonly db: Database;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface Sessions {
  /** Opens a session whose frames go to `outlet`; `onBeat` is called with each heartbeat. */
  open(outlet: Outlet, onBeat?: () => void): { readonly session: Session; close(): void };
  stop(): Promise<void>;
}

export function createSessions({ db, bus, logger, metrics }: LiveParts): Sessions {
  const hub = createHub(bus, logger);
  const all = new Set<Session>();
  const history = { ...db.history, readAfter: sharedReads(db.history.readAfter) };
  const parts = { db: { runs: db.runs, studies: db.studies, history }, hub, logger };
  const comparison = startComparing({ db, logger, sessions: () => all, everyMs: compareEveryMs });
  const stopListening = hub.onGap(() => comparison.now());
  return {
    open(outlet, onBeat) {
      const session = new Session(outlet, parts);
      const beat = setInterval(() => {
        onBeat?.();
        session.beat();
      }, heartbeatEveryMs);
      all.add(session);
      metrics.viewers.set(all.size);
      return {
        session,
        close() {
          clearInterval(beat);
          all.delete(session);
          metrics.viewers.set(all.size);
          session.close();
        },
      };
    },
    async stop() {
      stopListening();
      await comparison.stop();
      hub.close();
    },
  };
}
