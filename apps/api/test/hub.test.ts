import { channels } from "@etude/contracts";
import { type Bus, type BusMessage, createLogger } from "@etude/service";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHub } from "../src/live/hub.ts";

const runId = "01890a5d-ac96-774b-bcce-b302099a8057";
const logger = createLogger({ logLevel: "silent" }, "test");

/** A bus within this process that knows who listens. */
function localBus() {
  const listeners = new Map<string, Set<(message: BusMessage) => void>>();
  const reconnects = new Set<() => void>();
  const published: string[] = [];
  const bus: Bus = {
    kind: "redis",
    publish(channel, message) {
      published.push(`${channel} ${message.header}`);
      for (const listener of listeners.get(channel) ?? []) listener(message);
    },
    subscribe: async (channel, listener) => {
      const those = listeners.get(channel) ?? new Set();
      listeners.set(channel, those.add(listener));
      return () => void (those.delete(listener) && those.size === 0 && listeners.delete(channel));
    },
    onReconnect: (listener) => {
      reconnects.add(listener);
      return () => reconnects.delete(listener);
    },
    close: async () => {},
  };
  return { bus, listeners, reconnects, published };
}

const watched = `${channels.watch} ${JSON.stringify({ runId })}`;
const changed = JSON.stringify({ type: "changed", runId });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("viewers of a run share one subscription, which ends with the last of them", async () => {
  const { bus, listeners } = localBus();
  const hub = createHub(bus, logger);
  const heard: string[] = [];
  const stops = await Promise.all(["a", "b"].map((name) => hub.watch(runId, (ring) => heard.push(name + ring.type))));
  expect(listeners.get(channels.run(runId))?.size).toBe(1);
  bus.publish(channels.run(runId), { header: changed });
  expect(heard).toEqual(["achanged", "bchanged"]);
  stops[0]?.();
  stops[0]?.();
  bus.publish(channels.run(runId), { header: changed });
  expect(heard).toHaveLength(3);
  stops[1]?.();
  expect(listeners.size).toBe(0);
  const stop = await hub.watch(runId, () => heard.push("again"));
  bus.publish(channels.run(runId), { header: changed });
  expect(heard.at(-1)).toBe("again");
  stop();
  hub.close();
});

test("watching is said at once, every ten seconds, and after a reconnection, until nobody watches", async () => {
  const { bus, published, reconnects } = localBus();
  const hub = createHub(bus, logger);
  const stop = await hub.watch(runId, () => {});
  expect(published).toEqual([watched]);
  vi.advanceTimersByTime(20_000);
  expect(published).toEqual([watched, watched, watched]);
  for (const listener of reconnects) listener();
  expect(published).toHaveLength(4);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(published).toHaveLength(4);
  hub.close();
  expect(reconnects.size).toBe(0);
});

test("what is no ring is ignored, and frames are handed on", async () => {
  const { bus } = localBus();
  const hub = createHub(bus, logger);
  const heard: unknown[] = [];
  const stop = await hub.watch(runId, (ring, frame) => heard.push([ring.type, frame]));
  for (const header of ["", "{", "[]", '{"type":"dance"}', JSON.stringify({ type: "changed", runId: "x" })])
    bus.publish(channels.run(runId), { header });
  const frame = new Uint8Array([1]);
  const appended = { type: "appended", runId, attempt: 1, from: 0, to: 1 };
  bus.publish(channels.run(runId), { header: JSON.stringify(appended), frame });
  expect(heard).toEqual([["appended", frame]]);
  stop();
  hub.close();
});
