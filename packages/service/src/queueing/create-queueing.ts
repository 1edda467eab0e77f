import type { Logger } from "../logger.ts";
import { bullmqQueueing } from "./bullmq-queueing.ts";
import { postgresBackend } from "./postgres-backend.ts";
import type { Queueing } from "./queueing.ts";
import { redisBackend } from "./redis-backend.ts";

/** Where the queue lives: Redis, its keys below `prefix`, or Postgres, with `poolSize` connections a queue and worker. */
export type QueueingPlace = { redisUrl: string; prefix?: string } | { pgUrl: string; poolSize?: number };

/**
 * Opens the queue. On Redis it resolves at once and connects by itself; on Postgres it rejects when the database cannot
 * be reached, since its tables must be there first.
 */
export async function createQueueing(place: QueueingPlace, logger: Logger): Promise<Queueing> {
  const backend =
    "redisUrl" in place
      ? redisBackend(place.redisUrl, place.prefix ?? "etude", logger)
      : await postgresBackend(place.pgUrl, place.poolSize ?? 2);
  return bullmqQueueing(backend, logger);
}
