/** The trainer process: a supervisor over its children. */
import { availableParallelism } from "node:os";
import { createDatabase } from "@etude/db";
import { createBlobs, createBus, createLogger, createQueueing, placesOf, readSettingsOrExit } from "@etude/service";
import { countGpus } from "./gpu/nvidia-smi.ts";
import { Rings } from "./rings.ts";
import { Supervisor } from "./supervisor.ts";
import { Watchers } from "./watchers.ts";

const settings = readSettingsOrExit();
const logger = createLogger(settings, "trainer");
const { databaseUrl, place } = placesOf(settings);
const db = createDatabase({ url: databaseUrl, poolSize: 4, logger });
const queueing = createQueueing(place, logger);
const bus = createBus(place, logger);
const { pool, workers } = settings;
const slots = workers ?? (pool === "gpu" ? await countGpus() : Math.min(2, availableParallelism()));
if (pool === "gpu" && slots === 0)
  logger.warn("the pool is gpu, but nvidia-smi lists none: set ETUDE_WORKERS to train here all the same");
const supervisor = new Supervisor({
  db,
  queueing,
  bus,
  blobs: createBlobs(settings),
  rings: new Rings(bus),
  watchers: new Watchers(),
  logger,
  pool: settings.pool,
  backend: settings.backend,
  slots,
  dataDir: settings.dataDir,
  leaseMs: settings.leaseMs,
  flushMs: { watched: settings.flushWatchedMs, unwatched: settings.flushMs },
});

/** Longer than a child is given to write its checkpoint: only a database that stays away holds a drain up so long. */
const drainMs = 25_000;
let leaving = false;
async function leave(why: string): Promise<void> {
  if (leaving) return;
  leaving = true;
  logger.info({ why }, "draining");
  setTimeout(() => {
    logger.error("the drain took too long; the runs go on when their leases have run out");
    process.exit(1);
  }, drainMs);
  await supervisor.drain();
  await Promise.allSettled([queueing.close(), bus.close(), db.close()]);
  process.exit(0);
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void leave(signal));
// Started by the stack: when it is killed, nobody would stop this process.
process.on("disconnect", () => void leave("the parent process is gone"));

await supervisor.start();
logger.info({ pool: settings.pool, slots }, "waiting for runs");
process.send?.({ type: "listening" });
