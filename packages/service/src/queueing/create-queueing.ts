import type { Logger } from "../logger.ts";
import { bullmqQueueing } from "./bullmq-queueing.ts";
import { migrateQueue, postgresBackend } from "./postgres-backend.ts";
import type { Queueing } from "./queueing.ts";
import { redisBackend } from "./redis-backend.ts";

/** Where the queue lives: Redis, its keys below `prefix`, or Postgres. */
export type QueueingPlace = { redisUrl: string; prefix?: string } | { pgUrl: string };

const connections = 8;

/** Makes what the queue needs before it is first opened: its tables, when it lives in Postgres. */
export async function prepareQueue(place: QueueingPlace): Promise<void> {
  if ("pgUrl" in place) await migrateQueue(place.pgUrl);
}

/** Opens the queue, which `prepareQueue` has made. It connects by itself and never throws. */
export function createQueueing(place: QueueingPlace, logger: Logger): Queueing {
  const backend =
    "redisUrl" in place
      ? redisBackend(place.redisUrl, place.prefix ?? "etude", logger)
      : postgresBackend(place.pgUrl, connections, logger);
  return bullmqQueueing(backend, logger);
}
