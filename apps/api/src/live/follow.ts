import { type CursorContent, encodeCursor, Problem, type Ring, type RunId } from "@etude/contracts";
import type { Database, Position } from "@etude/db";
import type { Hub } from "./hub.ts";
import type { Lane } from "./lane.ts";
import type { Outlet } from "./outlet.ts";
import { RunWatcher } from "./run-watcher.ts";
import type { Format } from "./viewer-frames.ts";
import { Viewer } from "./viewer.ts";

export interface FollowOptions {
  readonly runId: RunId;
  /** What the client has; undefined: nothing. */
  readonly after: CursorContent | undefined;
  readonly format: Format;
  readonly db: Pick<Database, "runs" | "history">;
  readonly hub: Hub;
  readonly outlet: Outlet;
  readonly lane: Lane;
  /** Called once, when the run is gone or following was stopped. */
  readonly onEnd: () => void;
  readonly onError: (error: unknown) => void;
}

/** A run that a socket follows. */
export interface Followed {
  /** The run stands here now; undefined: it is gone. */
  compare(position: Position | undefined): void;
  stop(): void;
}

/** Says `subscribed`, then sends what the client lacks and whatever comes. Throws Problem run_not_found. */
export async function follow(options: FollowOptions): Promise<Followed> {
  const { runId, after, format, db, hub, outlet, lane, onEnd, onError } = options;
  let viewer: Viewer | undefined;
  let watcher: RunWatcher | undefined;
  const onRing = (ring: Ring, frame: Uint8Array | undefined): void => {
    if (ring.type === "appended" || ring.type === "rewound") viewer?.ring(ring, frame);
    else watcher?.rang();
  };
  // Rings first, the log second: what is committed in between is in one of them.
  const stopListening = await hub.watch(runId, onRing);
  try {
    const position = (await db.history.positions([runId])).get(runId);
    if (position === undefined) throw new Problem("run_not_found", `There is no run ${runId}.`);
    const run = await db.runs.get(runId);
    const cursor = after ?? { attempt: position.attempt, counts: [] };
    outlet.say({ type: "subscribed", run, cursor: encodeCursor(cursor) });
    const watching = (viewer = new Viewer({
      runId,
      after: cursor,
      format,
      log: db.history,
      socket: outlet,
      lane,
      onError,
      onEnd: (why) => {
        stopListening();
        watcher?.close();
        if (why === "gone") outlet.say({ type: "run-deleted", runId });
        onEnd();
      },
    }));
    const told = (watcher = new RunWatcher({ runId, position, db, outlet, viewer, onError }));
    watching.start();
    return {
      compare(now) {
        watching.compare(now);
        if (now !== undefined) told.compare(now);
      },
      stop: () => watching.close(),
    };
  } catch (error) {
    stopListening();
    throw error;
  }
}
