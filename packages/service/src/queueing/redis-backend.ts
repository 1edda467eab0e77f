import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { Logger } from "../logger.ts";
import { reportOutage } from "../report-outage.ts";
import type { Backend } from "./bullmq-queueing.ts";

/** BullMQ on Redis. Producers fail fast while Redis is away, workers wait for it. */
export function redisBackend(redisUrl: string, prefix: string, logger: Logger): Backend {
  const outage = reportOutage(logger, "Redis");
  const connect = (options: { maxRetriesPerRequest: number | null; enableOfflineQueue: boolean }): Redis => {
    const client = new Redis(redisUrl, { ...options, retryStrategy: (times) => Math.min(100 * times, 1000) });
    client.on("error", outage.failed);
    client.on("ready", outage.worked);
    return client;
  };
  const producer = connect({ maxRetriesPerRequest: 1, enableOfflineQueue: false });
  let consumer: Redis | undefined;
  return {
    kind: "redis",
    queue: (name) => new Queue(name, { connection: producer, prefix }),
    worker(name, processor, options) {
      consumer ??= connect({ maxRetriesPerRequest: null, enableOfflineQueue: true });
      return new Worker(name, processor, { ...options, connection: consumer, prefix });
    },
    close: async () => {
      producer.disconnect();
      consumer?.disconnect();
    },
  };
}
