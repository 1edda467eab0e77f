import { request } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { encodePoints, frameType, type PointsReceipt, type Run } from "@etude/contracts";
import { describe, expect, test, vi } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { reconcile } from "../src/reconcile.ts";
import { createRun, problemOf, smallRun, startApi } from "./harness.ts";
import { LiveClient } from "./live-client.ts";

const { url, pool } = await withDatabase();
const api = await startApi(url);
const { call, db, queueing } = api;
const replica = await startApi(url);

const external = { kind: "external", name: "mine", model: "resnet", tags: { gpu: "1" } };
const start = async (spec: object = external): Promise<string> => (await createRun(api, spec)).id;

interface Stretch {
  readonly key: string;
  readonly from: number;
  readonly steps: unknown;
  readonly values: readonly unknown[];
}
const write = (runId: string, series: readonly Stretch[], attempt?: number, on = api) =>
  on.call("writePoints", { params: { runId }, payload: { ...(attempt && { attempt }), series } as object });
const ramp = (from: number, n: number, key = "train/loss"): Stretch => ({
  key,
  from,
  steps: { first: from, stride: 1 },
  values: Array.from({ length: n }, (_, i) => (from + i) / 7),
});
async function pointsOf(runId: string, key = "train/loss") {
  const { series } = await db.history.readHistory(runId, { keys: [key] });
  const [one] = series;
  if (one?.mode !== "exact") throw new Error("bucketed");
  return { steps: Array.from(one.points.steps), values: Array.from(one.points.values) };
}

describe("an external run", () => {
  test("is running from the start, has its labels, is nobody's work and is left alone", async () => {
    const run = await createRun(api, { ...external, horizon: 500, schedule: { kind: "cosine", rate: 0.1 } });
    expect(run).toMatchObject({
      status: "running",
      attempt: 1,
      horizon: 500,
      name: "mine",
      startedAt: expect.any(String),
    });
    const listed = await call("listRuns", { query: { model: "resnet", schedule: "cosine", tag: "gpu=1" } });
    expect(listed.json<{ runs: Run[] }>().runs.map(({ id }) => id)).toContain(run.id);
    const pass = await reconcile(api, 0);
    expect(pass.recovered).toEqual([]);
    expect(await queueing.deliveries("external")).toEqual([]);
    expect((await db.runs.get(run.id)).status).toBe("running");
    expect(await createRun(api, { kind: "external" })).toMatchObject({ name: "external run", status: "running" });
  });

  test("keeps every float64, NaN and infinities", async () => {
    const runId = await start();
    const values = [0.1 + 0.2, "NaN", "Infinity", "-Infinity", 5e-324];
    const answer = await write(runId, [{ key: "train/loss", from: 0, steps: [0, 1, 2.5, 7, 8], values }]);
    expect(answer.json<PointsReceipt>()).toEqual({
      status: "running",
      attempt: 1,
      points: 5,
      series: [{ key: "train/loss", points: 5, accepted: 5, known: 0, late: 0 }],
    });
    expect(await pointsOf(runId)).toEqual({
      steps: [0, 1, 2.5, 7, 8],
      values: [0.1 + 0.2, NaN, Infinity, -Infinity, 5e-324],
    });
    expect((await db.runs.get(runId)).step).toBe(9);
  });

  test("takes a frame as it takes JSON", async () => {
    const runId = await start();
    const n = 5000;
    const steps = Float64Array.from({ length: n }, (_, i) => 3 * i);
    const values = steps.map((step) => -Math.sin(step));
    const series = [{ key: "train/loss", index: 0, from: 0, steps, values }];
    const frame = encodePoints({ runId, attempt: 1, from: 0, to: 0, cursor: "", series });
    const send = (payload: Buffer) =>
      call("writePoints", { params: { runId }, headers: { "content-type": frameType }, payload });
    expect((await send(Buffer.from(frame))).json<PointsReceipt>().series[0]).toMatchObject({ accepted: n });
    expect((await send(Buffer.from(frame))).json<PointsReceipt>().series[0]).toMatchObject({ accepted: 0, known: n });
    expect(await pointsOf(runId)).toEqual({ steps: Array.from(steps), values: Array.from(values) });
    expect(problemOf(await send(Buffer.from([1, 2, 3]))).code).toBe("validation_failed");
    // A stride stands for any number of points without a byte for each.
    const header = Buffer.from(
      JSON.stringify({
        type: "points-appended",
        runId,
        attempt: 1,
        from: 0,
        to: 0,
        cursor: "",
        series: [{ key: "a", index: 0, from: 0, n: 1e9, steps: { first: 0, stride: 1 }, values: "f32" }],
      }),
    );
    const bomb = Buffer.concat([Buffer.from(Uint32Array.of(header.length).buffer), header]);
    expect(problemOf(await send(bomb)).detail).toContain("at most 1000000");
  });

  test("a body may come compressed, within the limit of what it unpacks to", async () => {
    const runId = await start();
    const json = Buffer.from(JSON.stringify({ series: [ramp(0, 1000)] }));
    const send = (payload: Buffer, encoding: string) =>
      call("writePoints", {
        params: { runId },
        headers: { "content-type": "application/json", "content-encoding": encoding },
        payload,
      });
    expect((await send(gzipSync(json), "gzip")).json<PointsReceipt>().points).toBe(1000);
    expect((await send(brotliCompressSync(json), "br")).json<PointsReceipt>().series[0]).toMatchObject({ known: 1000 });
    expect(problemOf(await send(json, "zstd")).detail).toContain("allowed are gzip, br");
    expect(problemOf(await send(json, "gzip")).detail).toContain("is not gzip");
    expect(problemOf(await send(gzipSync(json).subarray(0, 200), "gzip")).detail).toContain("is not gzip");
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024, 0x20));
    expect(problemOf(await send(bomb, "gzip")).code).toBe("payload_too_large");
    expect((await pointsOf(runId)).steps).toHaveLength(1000);
  });

  test("two servers that both remember the run notice what the other one wrote", async () => {
    const runId = await start();
    const servers = [api, replica];
    for (let i = 0; i < 12; i += 1) {
      const on = servers[i % 2] as typeof api;
      expect((await write(runId, [ramp(i * 300, 300)], 1, on)).json<PointsReceipt>().points).toBe((i + 1) * 300);
    }
    // Late points change nothing that positions tell; the count of them must not be lost either.
    const late = { key: "train/loss", from: 3600, steps: [5], values: [1] };
    for (const on of servers)
      expect((await write(runId, [late], 1, on)).json<PointsReceipt>().series[0]).toMatchObject({ late: 1 });
    expect((await db.history.summaries(runId))[0]).toMatchObject({ points: 3600, late: 2 });
    // What the other server has taken is not a gap, and a run that it ended has ended here as well.
    await write(runId, [ramp(3600, 10)], 1, replica);
    expect((await write(runId, [ramp(3610, 10)])).statusCode).toBe(200);
    expect((await pointsOf(runId)).values).toEqual(Array.from({ length: 3620 }, (_, i) => i / 7));
    await replica.call("finishRun", { params: { runId }, payload: { outcome: "completed" } });
    expect(problemOf(await write(runId, [ramp(3620, 1)])).code).toBe("run_not_active");
    expect(problemOf(await write(runId, [ramp(0, 1)])).code).toBe("run_not_active");
  });

  test("repeated and reordered requests change nothing, a gap is refused and names the ordinal", async () => {
    const runId = await start();
    await write(runId, [ramp(0, 2000)]);
    expect((await write(runId, [ramp(0, 2000)])).json<PointsReceipt>().series[0]).toMatchObject({
      known: 2000,
      accepted: 0,
    });
    const gap = problemOf(await write(runId, [ramp(2000, 1, "other"), ramp(2500, 10)]));
    expect(gap).toMatchObject({ code: "points_gap", errors: [{ path: "series[0].from", allowed: [0] }] });
    expect(problemOf(await write(runId, [ramp(2500, 10)])).errors).toMatchObject([{ allowed: [2000] }]);
    await write(runId, [ramp(2000, 600)]);
    expect((await write(runId, [ramp(1500, 1500)])).json<PointsReceipt>().series[0]).toMatchObject({
      known: 1100,
      accepted: 400,
      points: 3000,
    });
    const { steps, values } = await pointsOf(runId);
    expect(steps).toEqual(Array.from({ length: 3000 }, (_, i) => i));
    expect(values).toEqual(steps.map((step) => step / 7));
  });

  test("late steps are refused and counted", async () => {
    const runId = await start();
    const late = { key: "train/loss", from: 0, steps: [0, 5, 5, 3, 6], values: [1, 2, 3, 4, 5] };
    expect((await write(runId, [late])).json<PointsReceipt>().series[0]).toEqual({
      key: "train/loss",
      points: 3,
      accepted: 3,
      known: 0,
      late: 2,
    });
    expect(await pointsOf(runId)).toEqual({ steps: [0, 5, 6], values: [1, 2, 5] });
    expect((await db.history.summaries(runId))[0]).toMatchObject({ points: 3, late: 2 });
  });

  test("two writers take turns: every point is there once, whoever brought it", async () => {
    const runId = await start();
    const batches = Array.from({ length: 30 }, (_, i) => ramp(i * 100, 100));
    const writer = async (on: typeof api): Promise<void> => {
      for (const batch of batches) expect((await write(runId, [batch], 1, on)).statusCode).toBe(200);
    };
    await Promise.all([writer(api), writer(replica)]);
    expect((await pointsOf(runId)).steps).toEqual(Array.from({ length: 3000 }, (_, i) => i));
    expect((await db.runs.get(runId)).points).toBe(3000);
    const own = (on: typeof api, key: string) =>
      Promise.all(Array.from({ length: 5 }, () => write(runId, [ramp(0, 50, key)], 1, on)));
    await Promise.all([own(api, "a"), own(replica, "b")]);
    expect((await pointsOf(runId, "a")).steps).toHaveLength(50);
    expect((await pointsOf(runId, "b")).steps).toHaveLength(50);
  });

  test("a rewind opens an attempt, old writers are fenced, and a live viewer sees the cut", async () => {
    const address = await api.app.listen({ port: 0, host: "127.0.0.1" });
    const runId = await start();
    await write(runId, [ramp(0, 1500)]);
    const viewer = await LiveClient.open(address);
    viewer.say({ type: "subscribe", runId: runId as never });
    await expect.poll(() => viewer.size(runId)).toBe(1500);
    const rewound = await call("rewindRun", { params: { runId }, payload: { toStep: 1100 } });
    expect(rewound.json()).toMatchObject({ attempt: 2, status: "running", points: 1100, step: 1100 });
    await expect.poll(() => viewer.size(runId)).toBe(1100);
    expect(problemOf(await write(runId, [ramp(1100, 5)], 1)).code).toBe("attempt_over");
    await write(runId, [{ key: "train/loss", from: 1100, steps: [1200], values: [42] }], 2);
    await expect.poll(() => viewer.size(runId)).toBe(1101);
    const { steps, values } = await pointsOf(runId);
    expect([steps.at(-1), values.at(-1), steps.length]).toEqual([1200, 42, 1101]);
    viewer.close();
  });

  test("finishes once, with a summary read off its series, and closes its history", async () => {
    const runId = await start();
    await write(runId, [ramp(0, 10), { key: "validation/loss", from: 0, steps: [4, 9], values: [0.2, 0.3] }]);
    const finish = (payload: object) => call("finishRun", { params: { runId }, payload });
    expect(problemOf(await finish({ outcome: "completed", failure: { message: "no" } })).errors).toMatchObject([
      { path: "failure" },
    ]);
    const ended = (await finish({ outcome: "completed", summary: { finalAccuracy: 0.9 } })).json<Run>();
    expect(ended).toMatchObject({
      status: "completed",
      summary: { steps: 10, finalValidationLoss: 0.3, bestValidationLoss: 0.2, bestStep: 4, finalAccuracy: 0.9 },
    });
    expect((await finish({ outcome: "completed" })).json<Run>().endedAt).toBe(ended.endedAt);
    expect(problemOf(await finish({ outcome: "failed" })).code).toBe("run_not_active");
    expect(problemOf(await write(runId, [ramp(10, 1)])).code).toBe("run_not_active");
    expect(problemOf(await call("rewindRun", { params: { runId }, payload: { toStep: 0 } })).code).toBe(
      "run_not_active",
    );
  });

  test("a wish to cancel is told with the next points, and finishing fulfils it", async () => {
    const runId = await start();
    expect((await call("cancelRun", { params: { runId } })).json()).toMatchObject({ status: "cancelling" });
    expect((await write(runId, [ramp(0, 1)])).json<PointsReceipt>().status).toBe("cancelling");
    await reconcile(api, 0);
    const ended = await call("finishRun", { params: { runId }, payload: { outcome: "cancelled" } });
    expect(ended.json()).toMatchObject({ status: "cancelled" });
    expect(problemOf(await call("retryRun", { params: { runId }, payload: {} })).code).toBe("run_kind_refused");
    const again = await call("rewindRun", { params: { runId }, payload: { toStep: 1 } });
    expect(again.json()).toMatchObject({ status: "running", attempt: 2, endedAt: null, summary: null });
    expect(problemOf(await call("pauseRun", { params: { runId } })).code).toBe("run_kind_refused");
    const copy = await call("cloneRun", { params: { runId }, payload: { changes: { seed: 3 } } });
    expect(copy.json()).toMatchObject({ status: "running", clonedFrom: runId, spec: { kind: "external", seed: 3 } });
  });
});

test("a run that nothing is heard of is marked, by the clock of the database, until its loop is heard again", async () => {
  const runId = await start();
  await write(runId, [ramp(0, 10)]);
  const mark = async (afterMs: number): Promise<Run> => {
    await reconcile(api, 60_000, afterMs);
    return db.runs.get(runId);
  };
  const heard = (await mark(60_000)).lastAppendAt;
  expect(await db.runs.get(runId)).toMatchObject({ stale: false, lastAppendAt: expect.any(String) });
  // A clock that jumps in this process says nothing about the loop.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 48 * 3_600_000 });
  expect((await mark(60_000)).stale).toBe(false);
  vi.useRealTimers();
  await pool.query("update run set appended_at = now() - interval '2 minutes' where id = $1", [runId]);
  expect(await mark(600_000)).toMatchObject({ stale: false });
  expect(await mark(60_000)).toMatchObject({ stale: true, status: "running", points: 10 });
  expect((await call("listRuns", { query: { limit: "500" } })).json<{ runs: Run[] }>().runs).toContainEqual(
    expect.objectContaining({ id: runId, stale: true }),
  );
  // Points that are known already, or none at all, are a sign of life too.
  await write(runId, [ramp(0, 10)]);
  const alive = await db.runs.get(runId);
  expect(alive).toMatchObject({ stale: false, points: 10 });
  expect(Date.parse(alive.lastAppendAt ?? "")).toBeGreaterThanOrEqual(Date.parse(heard ?? ""));
  await pool.query("update run set appended_at = now() - interval '2 minutes' where id = $1", [runId]);
  expect(await mark(60_000)).toMatchObject({ stale: true });
  const ended = await call("finishRun", { params: { runId }, payload: { outcome: "completed" } });
  expect(ended.json()).toMatchObject({ stale: false, status: "completed" });
});

test("what does not fit is refused by name, and a training run takes no points from outside", async () => {
  const runId = await start();
  const uneven = await write(runId, [{ key: "train/loss", from: 0, steps: [0, 1], values: [1] }]);
  expect(problemOf(uneven).errors).toMatchObject([{ path: "series[0].values" }]);
  const many = Array.from({ length: 257 }, (_, i) => ramp(0, 1, `k${i}`));
  expect(problemOf(await write(runId, many)).errors).toMatchObject([{ path: "series[256].key" }]);
  expect(await db.history.summaries(runId)).toEqual([]);
  const training = await createRun(api, smallRun);
  expect(problemOf(await write(training.id, [ramp(0, 1)])).code).toBe("run_kind_refused");
  const finish = await call("finishRun", { params: { runId: training.id }, payload: { outcome: "completed" } });
  expect(problemOf(finish).code).toBe("run_kind_refused");
  const rewind = await call("rewindRun", { params: { runId: training.id }, payload: { toStep: 0 } });
  expect(problemOf(rewind).code).toBe("run_kind_refused");
});

test("under load, points are told to come again, and then they are taken", async () => {
  const address = await replica.app.listen({ port: 0, host: "127.0.0.1" });
  const runId = await start();
  const path = `${address}/v1/runs/${runId}/points`;
  // Requests that have begun and do not end hold their room.
  const slow = Array.from({ length: 64 }, () => {
    const one = request(path, {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": "1000", "x-etude-request": "1" },
    });
    one.on("error", () => undefined);
    one.flushHeaders();
    return one;
  });
  const send = () =>
    fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-etude-request": "1" },
      body: JSON.stringify({ series: [ramp(0, 10)] }),
    });
  await expect.poll(async () => (await send()).status).toBe(429);
  const refused = await send();
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({ code: "rate_limited" });
  for (const one of slow) one.destroy();
  await expect.poll(async () => (await send()).status).toBe(200);
  expect((await pointsOf(runId)).steps).toHaveLength(10);
});
