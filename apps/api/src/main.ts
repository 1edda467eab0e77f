/** The API process. */
import { fileURLToPath } from "node:url";
import closeWithGrace from "close-with-grace";
import { createDatabase } from "@etude/db";
import {
  createBlobs,
  createBus,
  createLogger,
  createMetrics,
  createQueueing,
  placesOf,
  readSettingsOrExit,
} from "@etude/service";
import { assertMayListen } from "./access/access.ts";
import { buildApp } from "./app.ts";
import { startReconciler } from "./reconcile.ts";

const settings = readSettingsOrExit();
const logger = createLogger(settings, "api");
const { databaseUrl, place } = placesOf(settings);
const db = createDatabase({ url: databaseUrl, poolSize: settings.databasePoolSize, logger });
const bus = createBus(place, logger);
const queueing = createQueueing(place, logger);
const metrics = createMetrics();
const webRoot = fileURLToPath(new URL("../../web/dist", import.meta.url));
const parts = { settings, db, bus, queueing, blobs: createBlobs(settings), logger, metrics, webRoot };

const closeServices = async (): Promise<void> => {
  await Promise.allSettled([queueing.close(), bus.close()]);
  await db.close();
};

try {
  if (settings.adminKey !== undefined)
    await db.keys.ensure(settings.adminKey, { name: "ETUDE_ADMIN_KEY", scope: "admin" });
  assertMayListen(settings.host, await db.keys.exist());
  const app = await buildApp(parts);
  await app.listen({ host: settings.host, port: settings.port });
  const stopReconciler = startReconciler(parts, { staleAfterMs: settings.staleAfterMs });
  const grace = closeWithGrace({ delay: 10_000, logger }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, "the API ends on an error");
    else logger.info({ signal }, "the API stops");
    await Promise.all([app.close(), stopReconciler()]);
    await closeServices();
  });
  // When the stack that started it is killed, nobody else stops this process, and its port would stay taken.
  process.once("disconnect", () => grace.close());
  logger.info({ host: settings.host, port: settings.port }, "the API listens");
  process.send?.({ type: "listening" });
} catch (error) {
  logger.fatal({ err: error }, (error as Error).message);
  await closeServices();
  process.exitCode = 1;
}
