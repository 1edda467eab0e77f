import type { LiveEvent } from "@etude/sdk";
import type { WatchedRun } from "./watched-run.ts";

/** A way to show runs as they change. */
export interface Presenter {
  /** Something about a run is new; `event` is what told so, undefined for what was known before. */
  changed(watched: WatchedRun, event: LiveEvent | undefined): void;
  /** Nothing more will change. */
  end(watched: readonly WatchedRun[]): void;
}
