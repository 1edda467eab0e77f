import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findRedis, startRedis, type RunningServer } from "../src/index.ts";
import { waitForExit } from "../src/processes.ts";
import { killHard, startInParent } from "./parent.ts";

test("a binary that is no Redis is refused by name", () => {
  expect(() => findRedis(process.execPath)).toThrow(/is no Redis or Valkey server/);
});

describe.skipIf(findRedis() === null)("startRedis (needs redis-server or valkey-server on PATH)", () => {
  let dir: string;
  const running: RunningServer[] = [];
  const start = async (): Promise<RunningServer> => {
    const server = await startRedis({ dir });
    if (!server) throw new Error("The Redis that was found a moment ago is gone.");
    running.push(server);
    return server;
  };
  async function using<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(url);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "etude-redis-"));
  });
  afterAll(async () => {
    for (const server of running) if (server.isRunning()) await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test("two starts at once give one server, with a password and without eviction", async () => {
    const [first, second] = await Promise.all([start(), start()]);
    expect(second.pid).toBe(first.pid);
    expect(first.adopted).not.toBe(second.adopted);
    expect(await using(first.url, (client) => client.config("GET", "maxmemory-policy"))).toContain("noeviction");
    expect(statSync(join(dir, "redis.json")).mode & 0o077).toBe(0);
  });

  test("stop keeps what was written", async () => {
    const server = await start();
    await using(server.url, (client) => client.set("kept", "7"));
    await server.stop();
    expect(server.isRunning()).toBe(false);
    const again = await start();
    expect(again.adopted).toBe(false);
    expect(await using(again.url, (client) => client.get("kept"))).toBe("7");
    await again.stop();
  });

  test("a server left by a killed parent is adopted", async () => {
    const left = await startInParent(dir, "redis");
    await killHard(left.parent);
    expect(await start()).toMatchObject({ pid: left.pid, adopted: true, url: left.url });
  });

  test("kill -9 of the server does not block the next start", async () => {
    const server = await start();
    process.kill(server.pid, "SIGKILL");
    await waitForExit(server.pid, 10_000);
    const again = await start();
    expect(again.adopted).toBe(false);
    expect(await using(again.url, (client) => client.get("kept"))).toBe("7");
  });
});
