import { channels, type Run } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { reconcile, startReconciler } from "../src/index.ts";
import { type Api, createRun, startApi } from "./harness.ts";
import { Worker } from "./worker.ts";

const { url, pool } = await withDatabase();
const replicas = [await startApi(url), await startApi(url)] as const;
const [api] = replicas;
const { db, queueing } = api;
const partsOf = ({ db, queueing, bus, blobs, logger, metrics }: Api) => ({ db, queueing, bus, blobs, logger, metrics });
const pass = (againAfterMs = 60_000) => reconcile(partsOf(api), againAfterMs);

/** The worker of a run has died some time ago. */
const expire = (runId: string): Promise<unknown> =>
  pool.query("update run set lease_until = now() - interval '1 second' where id = $1", [runId]);
const statusOf = async (runId: string): Promise<Run["status"]> => (await db.runs.get(runId)).status;

describe("queued runs without a job", () => {
  test("a row that was never delivered gets its job", async () => {
    const { spec } = await createRun(api);
    const { runs } = await db.runs.create([{ spec }]);
    const [run] = runs;
    await pass();
    expect(await queueing.deliveries("cpu")).toContainEqual({ runId: run?.id, attempt: 1 });
    expect((await pass()).delivered).toBe(0);
  });

  test("a queue that lost everything is filled again, each delivery once", async () => {
    const made = [await createRun(api), await createRun(api), await createRun(api)];
    await expect.poll(async () => (await queueing.deliveries("cpu")).length).toBeGreaterThanOrEqual(3);
    await queueing.obliterate("cpu");
    expect(await queueing.deliveries("cpu")).toEqual([]);
    await pass(0);
    await pass(0);
    const jobs = (await queueing.deliveries("cpu")).map(({ runId, attempt }) => `${runId}-${attempt}`);
    for (const { id } of made) expect(jobs.filter((job) => job === `${id}-1`)).toHaveLength(1);
  });

  test("a run is queued although the queue is away, and delivered when it is back", async () => {
    const away = { ...queueing, add: () => Promise.reject(new Error("connect ECONNREFUSED")) };
    const { spec } = await createRun(api);
    const { runs } = await db.runs.create([{ spec }]);
    const runId = runs[0]?.id ?? "";
    expect((await reconcile({ ...partsOf(api), queueing: away }, 60_000)).delivered).toBe(0);
    expect(await statusOf(runId)).toBe("queued");
    expect((await pass()).delivered).toBeGreaterThan(0);
    expect(await queueing.deliveries("cpu")).toContainEqual({ runId, attempt: 1 });
  });
});

describe("runs whose worker is gone", () => {
  test("are queued again as the next attempt, and everybody is told", async () => {
    const { id } = await createRun(api);
    await Worker.claim(api, id);
    const rings: string[] = [];
    const stop = await api.bus.subscribe(channels.run(id), ({ header }) => rings.push(header));
    expect((await pass()).recovered).toEqual([]);
    await expire(id);
    const { recovered } = await pass();
    expect(recovered).toMatchObject([{ id, status: "queued", attempt: 1 }]);
    expect(await queueing.deliveries("cpu")).toContainEqual({ runId: id, attempt: 2 });
    await expect.poll(() => rings.join("\n")).toContain('"changed"');
    stop();
  });

  test("fail with lost-worker after three deaths without progress", async () => {
    const { id } = await createRun(api);
    for (const status of ["queued", "queued", "failed"]) {
      await Worker.claim(api, id);
      await expire(id);
      await pass();
      expect(await statusOf(id)).toBe(status);
    }
    expect(await db.runs.get(id)).toMatchObject({ failure: { reason: "lost-worker" } });
  });

  test("go on for ever while they make progress", async () => {
    const { id } = await createRun(api);
    for (let step = 10; step <= 60; step += 10) {
      const worker = await Worker.claim(api, id);
      await worker.record({ "train/loss": (at) => at }, step - 10, step);
      await worker.checkpoint(step);
      await expire(id);
      await pass();
      expect(await statusOf(id)).toBe("queued");
    }
  });

  test("are cancelled when that was asked", async () => {
    const { id } = await createRun(api);
    await Worker.claim(api, id);
    await api.call("cancelRun", { params: { runId: id } });
    expect(await statusOf(id)).toBe("cancelling");
    await expire(id);
    await pass();
    expect(await statusOf(id)).toBe("cancelled");
  });
});

test("of many processes one reconciles at a time, and another takes over", async () => {
  let release = (): void => {};
  const held = db.exclusively("reconcile", () => new Promise<void>((resolve) => (release = resolve)));
  await expect.poll(() => db.exclusively("reconcile", async () => "free")).toBeUndefined();
  const stops = replicas.map((one) => startReconciler(partsOf(one), { everyMs: 20 }));
  const { id } = await createRun(api);
  await Worker.claim(api, id);
  await expire(id);
  expect(await statusOf(id)).toBe("running");
  release();
  await held;
  await expect.poll(() => statusOf(id)).toBe("queued");
  await Promise.all(stops.map((stop) => stop()));
  expect(await db.exclusively("reconcile", async () => "free")).toBe("free");
});
