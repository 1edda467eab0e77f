import { request } from "node:http";
import type { Run } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { EventClient } from "./event-client.ts";
import { createRun, nobody, smallRun, startApi } from "./harness.ts";
import { Worker } from "./worker.ts";

const { url } = await withDatabase();
const replicas = [await startApi(url), await startApi(url)] as const;
const [api] = replicas;
const [here = "", there = ""] = await Promise.all(
  replicas.map(({ app }) => app.listen({ host: "127.0.0.1", port: 0 })),
);
const loss = (step: number): number => (step === 7 ? Number.NaN : Math.sin(step) / (step + 1));

async function complete(client: EventClient, runId: string): Promise<void> {
  const total = async (): Promise<number> => (await api.db.history.positions([runId])).get(runId)?.total ?? -1;
  await expect.poll(async () => client.size(runId) === (await total()), { timeout: 15_000 }).toBe(true);
  client.clients.get(runId)?.verify(await api.db.history.readHistory(runId));
}

describe("the events of a run", () => {
  test("what was, what comes, and how it ends; a client that comes back has no gap and no double", async () => {
    const { id } = await createRun(api);
    const worker = await Worker.claim(api, id);
    await worker.record({ "train/loss": loss, "learning-rate": () => 0.1 }, 0, 1500);
    const first = await EventClient.open(`${here}/v1/runs/${id}/events`);
    await complete(first, id);
    expect(first.frames[0]).toMatchObject({ type: "subscribed", run: { id } });
    first.close();
    await worker.record({ "train/loss": loss }, 1500, 1700);
    const second = await EventClient.open(`${there}/v1/runs/${id}/events`, { before: first });
    await worker.record({ "train/loss": loss }, 1700, 1800);
    await complete(second, id);
    const received = second.frames.flatMap((frame) => (frame.type === "points-appended" ? [frame.from] : []));
    expect(Math.min(...received)).toBe(3000);
    await worker.finish();
    await expect.poll(() => second.frames.at(-1)).toMatchObject({ type: "run-changed", run: { status: "completed" } });
    await api.call("deleteRun", { params: { runId: id } });
    await expect.poll(() => second.ended).toBe(true);
    expect(second.frames.at(-1)).toMatchObject({ type: "run-deleted", runId: id });
  });

  test("a run taken back while the client was away is cut first", async () => {
    const { id } = await createRun(api, { kind: "external" });
    const write = async (from: number, n: number): Promise<void> => {
      const values = Array.from({ length: n }, (_, i) => from + i);
      const series = [{ key: "train/loss", from, steps: { first: from, stride: 1 }, values }];
      expect((await api.call("writePoints", { params: { runId: id }, payload: { series } })).statusCode).toBe(200);
    };
    await write(0, 50);
    const first = await EventClient.open(`${here}/v1/runs/${id}/events`);
    await complete(first, id);
    first.close();
    await api.call("rewindRun", { params: { runId: id }, payload: { toStep: 30 } });
    await write(30, 5);
    const second = await EventClient.open(`${there}/v1/runs/${id}/events?after=${first.lastId}`, { before: first });
    await complete(second, id);
    expect(second.frames.map(({ type }) => type)).toEqual(["subscribed", "history-rewound", "points-appended"]);
    second.close();
  });

  test("what cannot be followed is refused before the stream begins", async () => {
    const { id } = await createRun(api);
    const status = async (path: string, headers: Record<string, string> = {}): Promise<number> => {
      const answer = await fetch(`${here}${path}`, { headers });
      const { code } = (await answer.json()) as { code: string };
      expect(code).toEqual(expect.any(String));
      return answer.status;
    };
    expect(await status(`/v1/runs/${nobody}/events`)).toBe(404);
    expect(await status(`/v1/studies/${nobody}/events`)).toBe(404);
    expect(await status("/v1/runs/x/events")).toBe(400);
    expect(await status(`/v1/runs/${id}/events`, { "last-event-id": "!" })).toBe(400);
    expect(await status(`/v1/studies/${nobody}/events`, { "last-event-id": "sAAAA" })).toBe(400);
    expect(await status(`/v1/runs/${id}/events`, { origin: "https://elsewhere.example" })).toBe(403);
  });
});

describe("the events of a study", () => {
  test("carry all of its runs, those that join later too, and resume each of them", async () => {
    const batch = await api.call("createRuns", { payload: { study: "events", runs: [smallRun, smallRun, smallRun] } });
    const { runs } = batch.json<{ runs: Run[] }>();
    const path = `/v1/studies/${runs[0]?.studyId}/events`;
    const workers = await Promise.all(runs.map(({ id }) => Worker.claim(api, id)));
    for (const worker of workers) await worker.record({ "train/loss": loss }, 0, 300);
    const first = await EventClient.open(`${here}${path}`);
    for (const { id } of runs) await complete(first, id);
    const joined = await replicas[1].call("createRun", { payload: smallRun, query: { study: "events" } });
    const { id } = joined.json<Run>();
    workers.push(await Worker.claim(api, id));
    await workers[3]?.record({ "train/loss": loss }, 0, 30);
    await complete(first, id);
    first.close();
    // Away: two runs go on, one is deleted.
    for (const worker of workers.slice(0, 2)) await worker.record({ "train/loss": loss }, 300, 400);
    await workers[2]?.finish();
    await api.call("deleteRun", { params: { runId: runs[2]?.id ?? "" } });
    const second = await EventClient.open(`${there}${path}`, { before: first });
    for (const one of [runs[0]?.id ?? "", runs[1]?.id ?? "", id]) await complete(second, one);
    const received = second.frames.flatMap((frame) => (frame.type === "points-appended" ? [frame.from] : []));
    expect(received).toEqual([300, 300]);
    expect(second.clients.has(runs[2]?.id ?? "")).toBe(false);
    second.close();
  });

  test("a client that does not read gets summaries that say so, and holds little of the server's memory", async () => {
    const batch = await api.call("createRuns", {
      payload: { study: "stuck", runs: Array.from({ length: 12 }, () => ({ kind: "external" })) },
    });
    const { runs } = batch.json<{ runs: Run[] }>();
    const address = new URL(`${here}/v1/studies/${runs[0]?.studyId}/events`);
    const received = await new Promise<{ types: string[]; bytes: number }>((resolve, reject) => {
      const types: string[] = [];
      let [bytes, complete, rest] = [0, 0, ""];
      const asked = request(address, (answer) => {
        // Not a byte is read while 1.2 million points are written.
        answer.pause();
        const written = async (): Promise<void> => {
          for (let from = 0; from < 100_000; from += 10_000) {
            const values = Array.from({ length: 10_000 }, (_, i) => Math.sin(from + i));
            const series = [{ key: "train/loss", from, steps: { first: from, stride: 1 }, values }];
            for (const { id } of runs) {
              const answered = await api.call("writePoints", { params: { runId: id }, payload: { series } });
              expect(answered.statusCode).toBe(200);
            }
          }
        };
        answer.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          const events = (rest + chunk.toString("latin1")).split("\n\n");
          rest = events.pop() ?? "";
          for (const event of events) {
            types.push(/^event: (.*)$/m.exec(event)?.[1] ?? "");
            if (/"to":100000,/.test(event)) complete += 1;
          }
          if (complete >= runs.length) resolve({ types, bytes });
        });
        answer.pause();
        written().then(() => answer.resume(), reject);
      });
      asked.on("error", reject);
      asked.end();
    });
    expect(received.types).toContain("points-summarised");
    // All of them exact would be 26 million bytes.
    expect(received.bytes).toBeLessThan(20e6);
  });
});

test("once there are keys, a stream needs one", async () => {
  const { id } = await createRun(api);
  const { key } = await api.db.keys.create({ name: "viewer", scope: "read" });
  const admitted = await EventClient.open(`${here}/v1/runs/${id}/events`, {
    headers: { authorization: `Bearer ${key}` },
  });
  await expect.poll(() => admitted.frames.length).toBe(1);
  admitted.close();
  await expect(
    EventClient.open(`${here}/v1/runs/${id}/events`, { headers: { authorization: "Bearer etude_wrong" } }),
  ).rejects.toThrow("status 401");
});
