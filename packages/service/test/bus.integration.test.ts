import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createBus, type Bus, type BusMessage } from "../src/index.ts";
import { logger, onBoth } from "./places.ts";

const within = { timeout: 10_000, interval: 10 };

onBoth((place) => {
  const quiet = logger.child({}, { level: "silent" });
  const carriesFrames = "redisUrl" in place;
  let publisher: Bus;
  let subscriber: Bus;
  beforeAll(() => {
    publisher = createBus(place, logger);
    subscriber = createBus(place, quiet);
  });
  afterAll(() => Promise.all([publisher.close(), subscriber.close()]));

  /** Publishes until something arrives: the publisher may still be connecting, and the bus is allowed to lose. */
  const connected = async (): Promise<void> => {
    const channel = randomUUID();
    const heard = vi.fn();
    const stop = await subscriber.subscribe(channel, heard);
    await vi.waitFor(() => {
      publisher.publish(channel, { header: "probe" });
      expect(heard).toHaveBeenCalled();
    }, within);
    stop();
  };

  test("a message reaches every listener of its channel, in order, and no other", async () => {
    await connected();
    const [a, b, other]: string[][] = [[], [], []];
    await subscriber.subscribe("run:1", ({ header }) => a?.push(header));
    await subscriber.subscribe("run:1", ({ header }) => b?.push(header));
    await subscriber.subscribe("run:2", ({ header }) => other?.push(header));
    const sent = Array.from({ length: 50 }, (_, i) => `{"n":${i},"text":"étude\\n\u0000 \n line"}`);
    for (const header of sent) publisher.publish("run:1", { header });
    publisher.publish("run:2", { header: "last" });
    await vi.waitFor(() => expect(other).toEqual(["last"]), within);
    const expected = carriesFrames ? sent : sent.filter((header) => !header.includes("\u0000"));
    await vi.waitFor(() => expect(a).toEqual(expected), within);
    expect(b).toEqual(expected);
  });

  test("a frame arrives byte for byte on Redis and is left out on Postgres", async () => {
    await connected();
    const frame = new Uint8Array(randomBytes(100_003));
    const heard: BusMessage[] = [];
    await subscriber.subscribe("frames", (message) => heard.push(message));
    publisher.publish("frames", { header: "h", frame });
    publisher.publish("frames", { header: "no frame" });
    await vi.waitFor(() => expect(heard.length).toBe(2), within);
    expect(heard).toEqual([carriesFrames ? { header: "h", frame } : { header: "h" }, { header: "no frame" }]);
    // A viewer reads doubles from it without copying.
    if (carriesFrames) expect(heard[0]?.frame?.byteOffset).toBe(0);
  });

  test("after unsubscribing nothing is heard, while others of the channel go on", async () => {
    await connected();
    const gone: string[] = [];
    const stays: string[] = [];
    const stop = await subscriber.subscribe("left", ({ header }) => gone.push(header));
    await subscriber.subscribe("left", ({ header }) => stays.push(header));
    publisher.publish("left", { header: "1" });
    await vi.waitFor(() => expect(gone).toEqual(["1"]), within);
    stop();
    stop();
    publisher.publish("left", { header: "2" });
    await vi.waitFor(() => expect(stays).toEqual(["1", "2"]), within);
    expect(gone).toEqual(["1"]);
  });

  test("a listener that throws does not keep the others from hearing", async () => {
    await connected();
    const heard: string[] = [];
    await subscriber.subscribe("throws", () => {
      throw new Error("broken on purpose");
    });
    await subscriber.subscribe("throws", ({ header }) => heard.push(header));
    publisher.publish("throws", { header: "1" });
    publisher.publish("throws", { header: "2" });
    await vi.waitFor(() => expect(heard).toEqual(["1", "2"]), within);
  });

  test("a header too long for NOTIFY, or with a flood behind it, never throws to the publisher", async () => {
    await connected();
    const heard: string[] = [];
    await subscriber.subscribe("long", ({ header }) => heard.push(header));
    const long = "x".repeat(10_000);
    publisher.publish("long", { header: long });
    for (let i = 0; i < 5000; i += 1) publisher.publish("long", { header: "flood" });
    await vi.waitFor(() => {
      publisher.publish("long", { header: "end" });
      expect(heard).toContain("end");
    }, within);
    expect(heard.includes(long)).toBe(carriesFrames);
  });
});

test("publishing to a place that does not exist neither throws nor waits", async () => {
  const quiet = logger.child({}, { level: "silent" });
  for (const place of [{ redisUrl: "redis://127.0.0.1:1/0" }, { pgUrl: "postgresql://nobody@127.0.0.1:1/none" }]) {
    const bus = createBus(place, quiet);
    expect(() => bus.publish("run:1", { header: "h" })).not.toThrow();
    const stop = await bus.subscribe("run:1", () => {});
    stop();
    await bus.close();
  }
});
