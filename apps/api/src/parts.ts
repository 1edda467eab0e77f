import type { Database } from "@etude/db";
import type { Blobs, Bus, Logger, Metrics, Queueing, Settings } from "@etude/service";

/** What the service is made of; main.ts makes it from settings, tests from throw-away servers. */
export interface Parts {
  readonly settings: Settings;
  readonly db: Database;
  readonly queueing: Queueing;
  readonly bus: Bus;
  readonly blobs: Blobs;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Folder of the built dashboard. */
  readonly webRoot?: string;
}
