/**
 * A supervisor whose children get `CHILD_NODE_OPTIONS`; and that dies, kill -9, between a checkpoint's file and its registration: the bytes of checkpoint number
 * `KILL_AT_CHECKPOINT` are safe in the blob store, Postgres has not heard of them.
 */
import { createDatabase } from "@etude/db";
import { createBlobs, createBus, createLogger, createQueueing, placesOf, readSettings } from "@etude/service";
import { Rings } from "../../src/rings.ts";
import { Supervisor } from "../../src/supervisor.ts";
import { Watchers } from "../../src/watchers.ts";

process.env["NODE_OPTIONS"] = process.env["CHILD_NODE_OPTIONS"] ?? "";
const settings = readSettings();
const logger = createLogger(settings, "trainer");
const { databaseUrl, place } = placesOf(settings);
const blobs = createBlobs(settings);
let stored = 0;
const bus = createBus(place, logger);
const supervisor = new Supervisor({
  db: createDatabase({ url: databaseUrl, poolSize: 4, logger }),
  queueing: createQueueing(place, logger),
  bus,
  blobs: {
    ...blobs,
    put: async (bytes) => {
      const name = await blobs.put(bytes);
      stored += 1;
      if (stored === Number(process.env["KILL_AT_CHECKPOINT"])) process.kill(process.pid, "SIGKILL");
      return name;
    },
  },
  rings: new Rings(bus),
  watchers: new Watchers(),
  logger,
  pool: settings.pool,
  backend: settings.backend,
  slots: settings.workers ?? 1,
  dataDir: settings.dataDir,
  leaseMs: settings.leaseMs,
  flushMs: { watched: settings.flushWatchedMs, unwatched: settings.flushMs },
});
await supervisor.start();
