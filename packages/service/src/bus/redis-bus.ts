import { Redis } from "ioredis";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../logger.ts";
import { reportOutage } from "../report-outage.ts";
import { maxInFlight, type Bus, type BusMessage } from "./bus.ts";
import { Listeners } from "./listeners.ts";

const subscribeWaitMs = 1000;

/** u32 length of the header, header, frame. */
function encode({ header, frame }: BusMessage): Buffer {
  const head = Buffer.from(header);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat(frame ? [length, head, frame] : [length, head]);
}

function decode(bytes: Buffer): BusMessage {
  const end = 4 + bytes.readUInt32LE(0);
  const header = bytes.toString("utf8", 4, end);
  // A copy of its own, so that the frame starts at an aligned offset.
  return end < bytes.length ? { header, frame: Uint8Array.from(bytes.subarray(end)) } : { header };
}

/** The bus on Redis PUBLISH and SUBSCRIBE; channels get `prefix`, since they are not bound to a logical database. */
export function redisBus(redisUrl: string, prefix: string, logger: Logger): Bus {
  const outage = reportOutage(logger, "bus (redis)");
  const listeners = new Listeners(logger);
  const reconnectListeners = new Set<() => void>();
  const retryStrategy = (times: number): number => Math.min(100 * times, 1000);
  const publisher = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy });
  const subscriber = new Redis(redisUrl, { autoResubscribe: false, maxRetriesPerRequest: null, retryStrategy });
  let inFlight = 0;
  let connectedBefore = false;

  for (const client of [publisher, subscriber]) {
    client.on("error", outage.failed);
    client.on("ready", outage.worked);
  }
  subscriber.on("messageBuffer", (channel: Buffer, bytes: Buffer) => {
    const name = channel.toString();
    if (name.startsWith(prefix)) listeners.emit(name.slice(prefix.length), decode(bytes));
  });

  const resubscribe = async (): Promise<void> => {
    const channels = listeners.channels().map((channel) => prefix + channel);
    if (channels.length > 0) await subscriber.subscribe(...channels);
    if (connectedBefore) listeners.notify(reconnectListeners);
    connectedBefore = true;
  };
  // A loss in the middle of subscribing ends in the next `ready`.
  subscriber.on("ready", () => void resubscribe().catch(outage.failed));

  return {
    kind: "redis",
    publish(channel, message) {
      if (inFlight >= maxInFlight || publisher.status !== "ready") return;
      inFlight += 1;
      publisher
        .publish(prefix + channel, encode(message))
        .catch(outage.failed)
        .finally(() => (inFlight -= 1));
    },
    async subscribe(channel, listener) {
      const remove = listeners.add(channel, listener);
      // While Redis is away both commands wait in the client's queue, in their order.
      const acknowledged = subscriber.subscribe(prefix + channel).catch(outage.failed);
      await Promise.race([acknowledged, sleep(subscribeWaitMs, undefined, { ref: false })]);
      return () => {
        if (remove()) subscriber.unsubscribe(prefix + channel).catch(outage.failed);
      };
    },
    onReconnect(listener) {
      reconnectListeners.add(listener);
      return () => void reconnectListeners.delete(listener);
    },
    close: async () => {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
