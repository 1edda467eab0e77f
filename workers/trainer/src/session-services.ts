import type { TrainingSpec } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Blobs, Bus } from "@etude/service";
import type { Rings } from "./rings.ts";
import type { Watchers } from "./watchers.ts";

/** What every session of a supervisor works with. */
export interface SessionServices {
  readonly db: Database;
  readonly bus: Bus;
  readonly blobs: Blobs;
  readonly rings: Rings;
  readonly watchers: Watchers;
  /** For runs that leave the choice to the worker. */
  readonly backend: TrainingSpec["backend"];
  readonly leaseMs: number;
  readonly flushMs: { readonly watched: number; readonly unwatched: number };
}
