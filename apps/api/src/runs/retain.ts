import { channels, type Ring } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Blobs, Bus, Logger } from "@etude/service";
import { announce } from "./announce.ts";
import { discardBlobs } from "./discard.ts";

interface RetainParts {
  readonly db: Database;
  readonly bus: Bus;
  readonly blobs: Blobs;
  readonly logger: Logger;
}

/** Runs of one pass: the reconciler has other things to do as well. */
const deletedAtOnce = 20;
const thinnedAtOnce = 20;

/** Does some of what the retention policies ask for. Resolves to whether there may be more to do. */
export async function retain(parts: RetainParts): Promise<boolean> {
  const { db, bus, logger } = parts;
  const { runs, blobs } = await db.retention.deleteDue(deletedAtOnce);
  for (const run of runs) announce(bus, "deleted", run);
  if (blobs.length > 0) await discardBlobs(parts, blobs);
  const thinned = await db.retention.thinDue(thinnedAtOnce);
  for (const { id, attempt } of thinned) {
    const ring: Ring = { type: "rewound", runId: id, attempt, step: 0 };
    bus.publish(channels.run(id), { header: JSON.stringify(ring) });
  }
  if (runs.length + thinned.length > 0)
    logger.info({ deleted: runs.length, thinned: thinned.length }, "retention policies were applied");
  return runs.length >= deletedAtOnce || thinned.length >= thinnedAtOnce;
}
