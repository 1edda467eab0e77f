import { afterAll, describe, expect, test } from "vitest";
import { withDatabase, withRedis } from "../../../test/kit/index.ts";
import { createRun, startApi } from "./harness.ts";
import { LiveClient } from "./live-client.ts";
import { Worker } from "./worker.ts";

/** On Redis a ring carries its points, so that a calm viewer costs no reading of the log. */
withRedis("on Redis", (redis) =>
  describe("rings and queue", async () => {
    const { url } = await withDatabase();
    const env = { REDIS_URL: redis.url, ETUDE_QUEUE_PREFIX: `test-${process.pid}` };
    const api = await startApi(url, env);
    const address = await api.app.listen({ host: "127.0.0.1", port: 0 });
    const clients: LiveClient[] = [];
    afterAll(() => clients.forEach((client) => client.close()));

    test("points ride along with their rings, to binary and JSON viewers", async () => {
      const { id } = await createRun(api);
      const worker = await Worker.claim(api, id);
      for (const format of ["binary", "json"] as const) {
        const client = await LiveClient.open(address);
        clients.push(client);
        client.say({ type: "subscribe", runId: id, format });
        await client.next("subscribed");
      }
      await worker.record({ "train/loss": (step) => 1 / (step + 1) }, 0, 10);
      for (const client of clients) await expect.poll(() => client.size(id)).toBe(10);
      const reads = api.db.history.readAfter;
      let read = 0;
      Object.assign(api.db.history, {
        readAfter: (...asked: Parameters<typeof reads>) => ((read += 1), reads(...asked)),
      });
      // A comparison with the log that falls between a commit and its ring reads too; most appends are rung first.
      let withoutReading = 0;
      for (let at = 10; at < 210; at += 10) {
        const before = read;
        await worker.record({ "train/loss": (step) => 1 / (step + 1) }, at, at + 10);
        for (const client of clients) await expect.poll(() => client.size(id)).toBe(at + 10);
        if (read === before) withoutReading += 1;
      }
      expect(withoutReading).toBeGreaterThan(10);
      for (const client of clients) client.clients.get(id)?.verify(await api.db.history.readHistory(id));
    });

    test("the queue is there, and says that it is up", async () => {
      const { id } = await createRun(api);
      await expect.poll(() => api.queueing.deliveries("cpu")).toContainEqual({ runId: id, attempt: 1 });
      const ready = await api.app.inject({ url: "/health/ready" });
      expect(ready.json()).toMatchObject({
        status: "up",
        services: { queue: { status: "up" }, bus: { status: "up" } },
      });
      expect((await api.call("getInfo")).json()).toMatchObject({ queue: "redis", bus: "redis" });
    });
  }),
);
