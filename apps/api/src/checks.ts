import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Parts } from "./parts.ts";
import type { Check } from "./plugins/health.ts";

/** A message to ourselves: the bus is there when it comes back. */
async function roundTrip(bus: Parts["bus"], late: AbortSignal): Promise<void> {
  const channel = `health:${randomUUID()}`;
  let arrived = (): void => {};
  const back = new Promise<void>((resolve) => (arrived = resolve));
  const unsubscribe = await bus.subscribe(channel, arrived);
  bus.publish(channel, { header: "" });
  try {
    await Promise.race([back, once(late, "abort")]);
  } finally {
    unsubscribe();
  }
}

const noBlob = "0".repeat(64);

/** The services that must answer before requests do. */
export const checksOf = ({
  db,
  queueing,
  bus,
  blobs,
}: Pick<Parts, "db" | "queueing" | "bus" | "blobs">): Record<string, Check> => ({
  database: () => db.ping(),
  queue: () => queueing.depth("cpu"),
  bus: (late) => roundTrip(bus, late),
  blobs: () => blobs.has(noBlob),
});
