import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeCursor } from "@etude/contracts";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backoffMs, defaultBackoff } from "../src/backoff.ts";
import { live as browserLive } from "../src/index.ts";
import { HistoryBuffer, live, type LiveEvent } from "../src/node.ts";
import { keys, LiveServer, runId } from "./live-server.ts";

const backoff = { baseMs: 1, capMs: 5 };
const secondRun = "0193a8f0-0000-7000-8000-000000000002";
const studyId = "0193a8f0-0000-7000-8000-00000000000a";

/** mulberry32: a seeded stream of uniform numbers. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe("live", () => {
  let server: LiveServer;
  let url = "";
  let stop: AbortController;
  beforeEach(async () => {
    server = new LiveServer();
    url = await server.start();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await server.close();
  });
  const follow = (more: object = {}) => live({ url, runId, backoff, signal: stop.signal, ...more });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("gives each point once, in order, on a bad line (seed %i)", async (seed) => {
    const random = seeded(seed);
    server.faults = { kill: 0.15, duplicate: 0.3, skip: 0.05, random };
    const buffer = new HistoryBuffer(runId);
    const writer = (async () => {
      for (let i = 0; i < 60; i += 1) {
        if (random() < 0.07) server.rewind(random());
        else server.append(random() < 0.7 ? 0 : 1, 1 + Math.floor(random() * 60));
        await sleep(1);
      }
      server.faults = { kill: 0, duplicate: 0, skip: 0, random };
      server.cut(); // A frame lost last of all shows only on the next connection.
      server.append(0, 1);
      server.append(1, 1);
    })();
    let done = false;
    void writer.then(() => (done = true));
    const complete = () => keys.every((key, i) => buffer.get(key)?.points === server.logs[i]?.steps.length);
    for await (const event of follow()) {
      buffer.apply(event);
      if (done && complete()) break;
    }
    for (const [index, log] of server.logs.entries()) {
      expect([...(buffer.get(keys[index] as string)?.steps ?? [])]).toEqual(log.steps);
      expect([...(buffer.get(keys[index] as string)?.values ?? [])]).toEqual(log.values);
    }
    expect(server.subscribes.length).toBeGreaterThan(1);
  });

  it("continues from the caller's cursor, and from the last one after the line broke", async () => {
    server.append(0, 10);
    const after = encodeCursor({ attempt: 1, counts: [4] });
    const froms: number[] = [];
    const states: string[] = [];
    for await (const event of follow({ after })) {
      if (event.type.startsWith("connection")) states.push(event.type);
      if (event.type !== "points-appended") continue;
      froms.push(...event.series.map(({ from }) => from));
      const end = event.series.at(-1);
      if (end && end.from + end.steps.length === 10) server.cut();
      if (end && end.from + end.steps.length === 15) break;
      if (server.subscribes.length === 1 && end && end.from + end.steps.length === 10) server.append(0, 5);
    }
    expect(froms[0]).toBe(4);
    expect(new Set(froms).size).toBe(froms.length);
    expect(server.subscribes[0]).toMatchObject({ type: "subscribe", runId, after });
    expect(server.subscribes[1]).toMatchObject({ after: encodeCursor({ attempt: 1, counts: [10, 0] }) });
    expect(states).toEqual(["connection-opened", "connection-lost", "connection-opened"]);
  });

  it("sends the key with the upgrade", async () => {
    for await (const event of follow({ key: "etude_secret" })) if (event.type === "subscribed") break;
    expect(server.upgrades[0]?.authorization).toBe("Bearer etude_secret");
  });

  it("gives up a line that is silent, after asking", async () => {
    let heard = 0;
    server.onSubscribe = (socket) => {
      socket.removeAllListeners("message");
      socket.on("message", () => (heard += 1));
    };
    const reasons: string[] = [];
    for await (const event of follow({ heartbeat: { askAfterMs: 10, giveUpAfterMs: 40 } })) {
      if (event.type === "connection-lost") reasons.push(event.reason);
      if (reasons.length === 2) break;
    }
    expect(reasons).toEqual(["nothing heard for 0.04 s", "nothing heard for 0.04 s"]);
    expect(heard).toBeGreaterThanOrEqual(1);
  });

  it("keeps a quiet line whose server answers", async () => {
    const events: LiveEvent["type"][] = [];
    setTimeout(() => server.append(0, 1), 200);
    for await (const event of follow({ heartbeat: { askAfterMs: 10, giveUpAfterMs: 100 } })) {
      events.push(event.type);
      if (event.type === "points-appended") break;
    }
    expect(events).toEqual(["connection-opened", "subscribed", "points-appended"]);
  });

  it("drops a line that its reader does not keep up with, and loses nothing", async () => {
    const buffer = new HistoryBuffer(runId);
    const reasons: string[] = [];
    for await (const event of follow()) {
      buffer.apply(event);
      if (event.type === "connection-lost") reasons.push(event.reason);
      if (event.type === "subscribed" && reasons.length === 0) {
        for (let i = 0; i < 5000; i += 1) server.append(0, 1);
        await expect.poll(() => server.connections).toBe(0);
      }
      if (buffer.points === 5000) break;
    }
    expect(reasons).toEqual(["read too slowly"]);
    expect([...(buffer.get("train/loss")?.values ?? [])]).toEqual(server.logs[0]?.values);
  });

  it("ends quietly on abort, also while it waits to reconnect, and closes its socket", async () => {
    await server.close();
    const seen: string[] = [];
    for await (const event of live({ url, runId, signal: stop.signal, backoff: { baseMs: 1e6, capMs: 1e6 } })) {
      seen.push(event.type);
      setTimeout(() => stop.abort(), 5);
    }
    expect(seen).toEqual(["connection-lost"]);
    server = new LiveServer();
    url = await server.start();
    const again = new AbortController();
    for await (const event of live({ url, runId, signal: again.signal }))
      if (event.type === "subscribed") again.abort();
    await expect.poll(() => server.connections).toBe(0);
  });

  it("throws what the server refuses for good, and tries again what it does not", async () => {
    let answers = 0;
    server.onSubscribe = (socket) => {
      const code = (answers += 1) === 1 ? "not_ready" : "run_not_found";
      socket.send(JSON.stringify({ type: "problem", code, title: "t", detail: `No run ${runId}.`, runId }));
      if (code === "not_ready") socket.close();
    };
    const all = async () => {
      for await (const event of follow()) expect(event.type).not.toBe("subscribed");
    };
    await expect(all()).rejects.toMatchObject({
      code: "run_not_found",
      status: 404,
      detail: `No run ${runId}.`,
      remedy: "List runs with GET /v1/runs.",
    });
    expect(answers).toBe(2);
  });

  it("asks over HTTP why an upgrade is refused", async () => {
    const problem = {
      type: "x",
      title: "No valid key",
      status: 401,
      code: "unauthenticated",
      detail: "d",
      remedy: "r",
    };
    const strict = createServer((_, response) => response.writeHead(401).end(JSON.stringify(problem)));
    strict.on("upgrade", (_, socket) => socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n"));
    await new Promise<void>((resolve) => strict.listen(0, "127.0.0.1", resolve));
    const there = `http://127.0.0.1:${(strict.address() as AddressInfo).port}`;
    const all = async () => {
      for await (const event of live({ url: there, runId, signal: stop.signal })) void event;
    };
    await expect(all()).rejects.toMatchObject({ code: "unauthenticated", status: 401 });
    strict.close();
  });

  it("ends when its run is deleted", async () => {
    server.onSubscribe = (socket) => socket.send(JSON.stringify({ type: "run-deleted", runId }));
    const seen: string[] = [];
    for await (const event of follow()) seen.push(event.type);
    expect(seen).toEqual(["connection-opened", "run-deleted"]);
  });

  it("subscribes to a study's known runs with their cursors first when it reconnects", async () => {
    const piece = { attempt: 1, from: 0, to: 1, cursor: encodeCursor({ attempt: 1, counts: [1] }) };
    const series = [{ key: "train/loss", index: 0, from: 0, n: 1, steps: [0], values: [1] }];
    server.onSubscribe = (socket, frame) => {
      if (frame["studyId"] === undefined) return;
      for (const id of [runId, secondRun]) {
        socket.send(JSON.stringify({ type: "points-appended", runId: id, ...piece, series }));
      }
      if (server.subscribes.length === 1) socket.close();
      else socket.send(JSON.stringify({ type: "run-deleted", runId: secondRun }));
    };
    const seen: string[] = [];
    for await (const event of live({ url, studyId, backoff, signal: stop.signal })) {
      seen.push(event.type);
      if (event.type === "run-deleted") break;
    }
    expect(seen.filter((type) => type === "points-appended")).toHaveLength(2);
    expect(server.subscribes).toEqual([
      { type: "subscribe", studyId },
      { type: "subscribe", runId, after: piece.cursor },
      { type: "subscribe", runId: secondRun, after: piece.cursor },
      { type: "subscribe", studyId },
    ]);
  });

  it("goes on with a study when one of its runs was deleted meanwhile", async () => {
    server.onSubscribe = (socket, frame) => {
      if (frame["studyId"] === undefined) return;
      const gone = { type: "problem", code: "run_not_found", title: "t", detail: "d", runId: secondRun };
      socket.send(JSON.stringify(gone));
      socket.send(JSON.stringify({ type: "run-deleted", runId }));
    };
    const seen: unknown[] = [];
    for await (const event of live({ url, studyId, backoff, signal: stop.signal })) {
      if (event.type === "run-deleted") seen.push(event.runId);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([secondRun, runId]);
  });

  it("in a browser refuses a key, which its socket cannot carry", async () => {
    const first = browserLive({ url, runId, key: "k" }).next();
    await expect(first).rejects.toMatchObject({
      code: "no_socket",
      remedy: expect.stringContaining("@etude/sdk/node"),
    });
  });
});

describe("backoffMs", () => {
  it("is uniform below a ceiling that doubles from 0.5 s to 15 s", () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 6, 99].map((tries) => backoffMs(tries, defaultBackoff, () => 1));
    expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    expect(backoffMs(3, defaultBackoff, () => 0.25)).toBe(1000);
  });
});
