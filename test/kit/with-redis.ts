import { Redis } from "ioredis";
import { afterAll, describe, inject, test } from "vitest";
import { mayInstall } from "./system-packages.ts";

// Number 0 holds the counter. Two files run at a time, so going round the other fifteen never meets a database in use.
const databases = 15;

/**
 * A describe block whose tests need Redis. They get the URL of a logical database of their own, emptied after them.
 * Without a Redis on PATH the block is skipped by name, which with ETUDE_TEST_INSTALL=1 is a failure.
 */
export function withRedis(name: string, define: (redis: { url: string }) => void): void {
  const server = inject("redisUrl");
  if (server === null) {
    if (!mayInstall) return void describe.skip(name, () => define({ url: "" }));
    return void test(name, () => {
      throw new Error("No redis-server on PATH, and installing it did not help.");
    });
  }
  describe(name, async () => {
    const counter = new Redis(server);
    const url = new URL(server);
    url.pathname = `/${1 + ((await counter.incr("test-databases")) % databases)}`;
    counter.disconnect();
    afterAll(async () => {
      const client = new Redis(url.href);
      await client.flushdb();
      client.disconnect();
    });
    define({ url: url.href });
  });
}
