import { randomUUID } from "node:crypto";
import type { RunId, TrainJob } from "@etude/contracts";
import { startPostgres, startRedis, type RunningServer } from "@etude/embedded";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  createBus,
  createQueueing,
  prepareQueue,
  QueueUnavailableError,
  type Bus,
  type Queueing,
} from "../src/index.ts";
import { temporaryFolder, withRedis } from "../../../test/kit/index.ts";
import { logger } from "./places.ts";

const job = (): TrainJob => ({ runId: randomUUID() as RunId, attempt: 1 });
const within = { timeout: 60_000, interval: 50 };

/** Queue and bus on a server of their own that is killed under them and started again on the same port. */
function survives(start: () => Promise<RunningServer>, placeOf: (url: string) => Parameters<typeof createQueueing>[0]) {
  let server: RunningServer;
  let queueing: Queueing;
  let bus: Bus;
  beforeAll(async () => {
    server = await start();
    await prepareQueue(placeOf(server.url));
    queueing = createQueueing(placeOf(server.url), logger.child({}, { level: "silent" }));
    bus = createBus(placeOf(server.url), logger.child({}, { level: "silent" }));
  });
  afterAll(async () => {
    await Promise.all([queueing.close(), bus.close()]);
    if (server.isRunning()) await server.stop();
  });

  test("kill -9 and restart: producers fail fast, workers and subscribers go on, accepted deliveries are kept", async () => {
    const seen: string[] = [];
    const heard: string[] = [];
    let reconnects = 0;
    queueing.work("cpu", async ({ runId }) => void seen.push(runId), { concurrency: 1 });
    await bus.subscribe("rings", ({ header }) => heard.push(header));
    bus.onReconnect(() => (reconnects += 1));
    const before = job();
    await queueing.add("cpu", before);
    // Nobody takes this one yet: it must be there after the crash.
    const kept = job();
    await queueing.add("later", kept);
    await vi.waitFor(() => expect(seen).toEqual([before.runId]), within);
    bus.publish("rings", { header: "before" });
    await vi.waitFor(() => expect(heard).toEqual(["before"]), within);
    // Redis writes its log to disk once a second at the latest; let the kernel have it.
    await vi.waitFor(async () => expect(await queueing.deliveries("later")).toEqual([kept]), within);

    const { url } = server;
    process.kill(server.pid, "SIGKILL");
    await vi.waitFor(() => expect(server.isRunning()).toBe(false), within);
    // Backends of a killed postmaster answer for a moment: what they take goes to a pool that nobody serves.
    await vi.waitFor(() => expect(queueing.add("nobody", job())).rejects.toThrow(QueueUnavailableError), within);
    expect(() => bus.publish("rings", { header: "meanwhile" })).not.toThrow();

    server = await start();
    expect(server).toMatchObject({ adopted: false, url });
    const after = job();
    await vi.waitFor(() => queueing.add("cpu", after), within);
    await vi.waitFor(() => expect(seen).toEqual([before.runId, after.runId]), within);
    expect(await queueing.deliveries("later")).toEqual([kept]);
    await vi.waitFor(() => expect(reconnects).toBeGreaterThan(0), within);
    await vi.waitFor(() => {
      bus.publish("rings", { header: "after" });
      expect(heard).toContain("after");
    }, within);
    expect(heard).not.toContain("meanwhile");
  });

  test("closing while the server is away ends", async () => {
    process.kill(server.pid, "SIGKILL");
    await Promise.all([queueing.close(), bus.close()]);
    await expect(queueing.add("cpu", job())).rejects.toThrow(QueueUnavailableError);
  });
}

const folder = temporaryFolder();

describe("a Postgres that dies", () => {
  survives(
    () => startPostgres({ dir: folder, database: "app" }),
    (pgUrl) => ({ pgUrl }),
  );
});

withRedis("a Redis that dies", () => {
  const start = async (): Promise<RunningServer> => {
    const server = await startRedis({ dir: folder });
    if (!server) throw new Error("No Redis to start.");
    return server;
  };
  survives(start, (redisUrl) => ({ redisUrl }));
});
