/** Keeps rows and queue in agreement: in every API process, one at a time by an advisory lock. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Blobs, Bus, Logger, Metrics, Queueing } from "@etude/service";
import { settleDue } from "./evidence/settle-due.ts";
import { announce } from "./runs/announce.ts";
import { deliver } from "./runs/deliver.ts";
import { retain } from "./runs/retain.ts";

export interface ReconcileParts {
  readonly db: Database;
  readonly queueing: Queueing;
  readonly bus: Bus;
  readonly blobs: Blobs;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, "requeued">;
}

export interface ReconcileOptions {
  readonly everyMs?: number;
  /** An external run that nothing was heard of for so long is marked. */
  readonly staleAfterMs?: number;
  /** A queued run that the queue got this long ago is given to it again: the queue may have lost it. */
  readonly againAfterMs?: number;
}

export interface Pass {
  /** Runs whose worker was gone, as they are now: queued, cancelled or failed. */
  readonly recovered: Run[];
  readonly delivered: number;
}

/** One pass: runs with an expired lease are taken back, queued runs without a job get one, quiet ones a mark. */
export async function reconcile(parts: ReconcileParts, againAfterMs: number, staleAfterMs = 300_000): Promise<Pass> {
  const { db, bus, logger, metrics } = parts;
  for (const run of await db.runs.markStale(staleAfterMs)) announce(bus, "changed", run);
  const recovered = await db.runs.recoverLost();
  for (const run of recovered) {
    metrics.requeued.inc();
    logger.warn({ runId: run.id, attempt: run.attempt, status: run.status }, "the worker of a run is gone");
    announce(bus, "changed", run);
  }
  const waiting = await db.runs.undelivered({ againAfterMs });
  const delivered = waiting.length === 0 ? 0 : await deliver(parts, waiting);
  return { recovered, delivered };
}

const tidyEveryMs = 600_000;
/** While the policies leave nothing to do; otherwise each pass does some of it. */
const retainEveryMs = 60_000;

/** Starts the passes; the returned function stops them and resolves when the last one is done. Passes that fail are logged. */
export function startReconciler(
  parts: ReconcileParts,
  { everyMs = 2000, againAfterMs = 15_000, staleAfterMs }: ReconcileOptions = {},
): () => Promise<void> {
  const { db, logger } = parts;
  const stopped = new AbortController();
  let [tidiedAt, retainedAt] = [-Infinity, -Infinity];

  const pass = async (): Promise<void> => {
    await reconcile(parts, againAfterMs, staleAfterMs);
    await settleDue(parts);
    // A clock that counts on whatever the time of day does.
    const now = performance.now();
    if (now - retainedAt >= retainEveryMs) retainedAt = (await retain(parts)) ? -Infinity : now;
    if (now - tidiedAt < tidyEveryMs) return;
    tidiedAt = now;
    await db.tidy();
  };
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await db.exclusively("reconcile", pass);
      } catch (error) {
        logger.warn({ err: error }, "reconciling failed; it is tried again");
      }
      await sleep(everyMs, undefined, { ref: false, signal: stopped.signal }).catch(() => {});
    }
  };
  const running = loop();
  return async () => {
    stopped.abort();
    await running;
  };
}
