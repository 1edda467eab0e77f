import { channels, csrfHeader, encodeCursor } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { createRun, nobody, smallRun, startApi } from "./harness.ts";
import { LiveClient } from "./live-client.ts";
import { Client } from "./viewer-client.ts";
import { Worker } from "./worker.ts";

const { url } = await withDatabase();
const replicas = [await startApi(url), await startApi(url)] as const;
const [api] = replicas;
const addresses = await Promise.all(replicas.map(({ app }) => app.listen({ host: "127.0.0.1", port: 0 })));
const [address = "", otherAddress = ""] = addresses;
const loss = (step: number): number => Math.sin(step) / (step + 1);

/** Resolves when the client has exactly the log. */
async function complete(client: LiveClient, runId: string): Promise<void> {
  const total = async (): Promise<number> => (await api.db.history.positions([runId])).get(runId)?.total ?? -1;
  await expect.poll(async () => client.size(runId) === (await total()), { timeout: 15_000 }).toBe(true);
  client.clients.get(runId)?.verify(await api.db.history.readHistory(runId));
}

describe("one run", () => {
  test("what was, what comes, and how it ends", async () => {
    const { id } = await createRun(api);
    const client = await LiveClient.open(address);
    client.say({ type: "subscribe", runId: id });
    expect(await client.next("subscribed")).toMatchObject({ run: { id, status: "queued", attempt: 0 } });
    const worker = await Worker.claim(api, id);
    await client.next("run-changed", ({ run }) => run.status === "running");
    await worker.record({ "train/loss": loss }, 0, 1500);
    await complete(client, id);
    await worker.record({ "train/loss": loss, "validation/loss": loss }, 1500, 1600);
    await worker.log("nearly done");
    expect((await client.next("log-appended")).lines).toMatchObject([{ id: 1, message: "nearly done" }]);
    await worker.record({ "train/loss": loss }, 1600, 1700, true);
    await worker.finish();
    const end = await client.next("run-changed", ({ run }) => run.status === "completed");
    expect(end.run.points).toBe(1800);
    expect(client.size(id)).toBe(1800);
    await complete(client, id);
    client.close();
  });

  test("the JSON form says the same", async () => {
    const { id } = await createRun(api);
    const worker = await Worker.claim(api, id);
    await worker.record({ "train/loss": (step) => (step === 3 ? Number.NaN : step) }, 0, 10);
    const client = await LiveClient.open(address);
    client.say({ type: "subscribe", runId: id, format: "json" });
    await complete(client, id);
    await worker.record({ "train/loss": loss }, 10, 20);
    await complete(client, id);
    client.close();
  });

  test("a lost ring costs seconds, not points", async () => {
    const { id } = await createRun(api);
    const worker = await Worker.claim(api, id);
    const client = await LiveClient.open(address);
    client.say({ type: "subscribe", runId: id });
    await client.next("subscribed");
    await worker.record({ "train/loss": loss }, 0, 50, true);
    await complete(client, id);
    client.close();
  });

  test("a connection that breaks goes on at another replica, through a new attempt", async () => {
    const { id } = await createRun(api);
    const first = await Worker.claim(api, id, 1000);
    await first.record({ "train/loss": loss, "learning-rate": () => 0.1 }, 0, 100);
    await first.checkpoint(60);
    const before = await LiveClient.open(address);
    before.say({ type: "subscribe", runId: id });
    await complete(before, id);
    before.socket.terminate();
    const had = before.clients.get(id);
    if (had === undefined) throw new Error("no points");

    await api.db.runs.requeue(id, 1, { why: "the worker died", loss: true });
    const second = await Worker.claim(api, id);
    await second.record({ "train/loss": (step) => loss(step) + 1, "learning-rate": () => 0.1 }, 60, 130);
    const after = await LiveClient.open(otherAddress);
    after.resume(id, had);
    await complete(after, id);
    expect(had.seen.get("history-rewound")).toBe(1);
    expect(had.attempt).toBe(2);
    after.close();
  });

  test("viewers of a run are announced to its worker", async () => {
    const { id } = await createRun(api);
    const seen: unknown[] = [];
    const stop = await replicas[1].bus.subscribe(channels.watch, ({ header }) => seen.push(JSON.parse(header)));
    const client = await LiveClient.open(address);
    client.say({ type: "subscribe", runId: id });
    await expect.poll(() => seen).toContainEqual({ runId: id });
    stop();
    client.close();
  });

  test("after unsubscribing nothing comes; a deleted run says so", async () => {
    const [one, two] = [await createRun(api), await createRun(api)];
    const client = await LiveClient.open(address);
    for (const { id } of [one, two]) client.say({ type: "subscribe", runId: id });
    await client.next("subscribed", ({ run }) => run.id === two.id);
    client.say({ type: "unsubscribe", runId: one.id });
    client.say({ type: "ping" });
    await client.next("heartbeat");
    for (const { id } of [one, two]) {
      await api.call("cancelRun", { params: { runId: id } });
      await api.call("deleteRun", { params: { runId: id } });
    }
    await client.next("run-deleted", ({ runId }) => runId === two.id);
    expect(client.all("run-changed").map(({ run }) => run.id)).not.toContain(one.id);
    expect(client.all("run-deleted")).toHaveLength(1);
    client.close();
  });
});

describe("a study", () => {
  test("follows the runs that it has and those that join it", async () => {
    const batch = await api.call("createRuns", { payload: { study: "live", runs: [smallRun, smallRun] } });
    const { runs } = batch.json<{ runs: { id: string; studyId: string }[] }>();
    const studyId = runs[0]?.studyId as never;
    const client = await LiveClient.open(address);
    client.say({ type: "subscribe", studyId });
    await expect
      .poll(() =>
        client
          .all("subscribed")
          .map(({ run }) => run.id)
          .sort(),
      )
      .toEqual(runs.map(({ id }) => id).sort());
    // Made by the other replica.
    const joined = await replicas[1].call("createRun", { payload: smallRun, query: { study: "live" } });
    const { id } = joined.json<{ id: string }>();
    await client.next("subscribed", ({ run }) => run.id === id);
    const worker = await Worker.claim(api, id);
    await worker.record({ "train/loss": loss }, 0, 30);
    await complete(client, id);
    client.close();
  });
});

describe("what is wrong is said, and the socket lives on", () => {
  test.each([
    ["not JSON", "{", "malformed_json"],
    ["an unknown type", '{"type":"dance"}', "validation_failed"],
    ["no run and no study", '{"type":"subscribe"}', "validation_failed"],
    ["both", `{"type":"subscribe","runId":"${nobody}","studyId":"${nobody}"}`, "validation_failed"],
    ["an id that is none", '{"type":"subscribe","runId":"x"}', "validation_failed"],
    ["an unknown run", `{"type":"subscribe","runId":"${nobody}"}`, "run_not_found"],
    ["an unknown study", `{"type":"subscribe","studyId":"${nobody}"}`, "study_not_found"],
    ["a made-up cursor", `{"type":"subscribe","runId":"${nobody}","after":"abc"}`, "invalid_cursor"],
  ])("%s", async (_name, text, code) => {
    const client = await LiveClient.open(address);
    client.socket.send(text);
    expect(await client.next("problem")).toMatchObject({ code, detail: expect.any(String) });
    client.say({ type: "ping" });
    await client.next("heartbeat");
    client.close();
  });

  test("bytes, and a frame that is too large", async () => {
    const client = await LiveClient.open(address);
    client.socket.send(Buffer.from([1, 2, 3]));
    expect(await client.next("problem")).toMatchObject({ code: "validation_failed" });
    const closed = new Promise<number>((resolve) => client.socket.once("close", resolve));
    client.socket.send("x".repeat(70_000));
    expect(await closed).toBe(1009);
  });

  test("a client that asks faster than it can be served is cut off", async () => {
    const client = await LiveClient.open(address);
    const closed = new Promise<number>((resolve) => client.socket.once("close", resolve));
    for (let i = 0; i < 10_000; i += 1) client.socket.send(`{"type":"subscribe","runId":"${nobody}"}`);
    expect(await closed).toBe(1008);
  });

  test("a cursor of another run begins anew", async () => {
    const { id } = await createRun(api);
    const worker = await Worker.claim(api, id);
    await worker.record({ "train/loss": loss }, 0, 10);
    const client = await LiveClient.open(address);
    const foreign = encodeCursor({ attempt: 7, counts: [1000] });
    client.clients.set(id, new Client(0));
    client.say({ type: "subscribe", runId: id, after: foreign });
    await complete(client, id);
    expect(client.clients.get(id)?.seen.get("history-rewound")).toBe(1);
    client.close();
  });
});

describe("access", async () => {
  const guarded = await withDatabase();
  const { app, db, call } = await startApi(guarded.url);
  const locked = await app.listen({ host: "127.0.0.1", port: 0 });

  test("a foreign page is refused before the handshake", async () => {
    await expect(LiveClient.open(address, { origin: "http://evil.example" })).rejects.toThrow("status 403");
    await expect(LiveClient.open(address, { host: "evil.example" })).rejects.toThrow("status 403");
  });

  test("a key or a session is needed before the handshake, once there is a key", async () => {
    const { key } = await db.keys.create({ name: "viewer", scope: "read" });
    await expect.poll(() => LiveClient.open(locked).then((client) => client.close(), String)).toContain("status 401");
    (await LiveClient.open(locked, { authorization: `Bearer ${key}` })).close();
    const login = await call("createSession", { payload: { key }, headers: { [csrfHeader]: "1" } });
    (await LiveClient.open(locked, { cookie: `etude_session=${login.cookies[0]?.value}` })).close();
    await expect(LiveClient.open(locked, { cookie: "etude_session=made-up" })).rejects.toThrow("status 401");
  });
});

test("a server that stops says so to its viewers", async () => {
  const leaving = await startApi(url);
  const client = await LiveClient.open(await leaving.app.listen({ host: "127.0.0.1", port: 0 }));
  const closed = new Promise<number>((resolve) => client.socket.once("close", resolve));
  await leaving.app.close();
  expect(await closed).toBe(1001);
});
