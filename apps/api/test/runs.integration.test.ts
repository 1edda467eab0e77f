import { type Run, seedOf } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { createRun, problemOf, smallRun, startApi } from "./harness.ts";
import { Worker } from "./worker.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { call, db, queueing } = api;

describe("submitting", () => {
  test("fills defaults, delivers a job, and is read back the same", async () => {
    const run = await createRun(api, { ...smallRun, name: "first", tags: { team: "a" } });
    expect(run).toMatchObject({
      name: "first",
      status: "queued",
      attempt: 0,
      spec: { batchSize: 32, seed: 0, pool: "cpu" },
    });
    expect((await call("getRun", { params: { runId: run.id } })).json()).toEqual(run);
    await expect.poll(() => queueing.deliveries("cpu")).toContainEqual({ runId: run.id, attempt: 1 });
  });

  test("the same Idempotency-Key makes one run, another body is a conflict", async () => {
    const headers = { "idempotency-key": "once" };
    const [first, second] = await Promise.all([
      call("createRun", { payload: smallRun, headers }),
      call("createRun", { payload: smallRun, headers }),
    ]);
    expect(first.statusCode).toBe(202);
    expect(second.json<Run>().id).toBe(first.json<Run>().id);
    const third = await call("createRun", { payload: { ...smallRun, seed: 0 }, headers });
    expect(third.json<Run>().id).toBe(first.json<Run>().id);
    const other = await call("createRun", { payload: { ...smallRun, seed: 2 }, headers });
    expect(problemOf(other).code).toBe("idempotency_conflict");
    expect(problemOf(await call("createRuns", { payload: { runs: [smallRun] }, headers })).code).toBe(
      "idempotency_conflict",
    );
    const blank = await call("createRun", { payload: smallRun, headers: { "idempotency-key": "x".repeat(201) } });
    expect(problemOf(blank).errors).toMatchObject([{ path: "headers.idempotency-key" }]);
  });

  test("a batch joins a study made by its name", async () => {
    const answer = await call("createRuns", {
      payload: { study: "paired seeds", runs: [smallRun, { ...smallRun, seed: 1 }] },
    });
    expect(answer.statusCode).toBe(202);
    const { runs } = answer.json<{ runs: Run[] }>();
    expect(runs.map((run) => seedOf(run.spec))).toEqual([0, 1]);
    const studyId = runs[0]?.studyId as string;
    expect(runs[1]?.studyId).toBe(studyId);
    const study = await call("getStudy", { params: { studyId } });
    expect(study.json()).toMatchObject({ name: "paired seeds", runs: { queued: 2 } });
    const listed = await call("listRuns", { query: { studyId, order: "oldest" } });
    expect(listed.json<{ runs: Run[] }>().runs.map((run) => run.id)).toEqual(runs.map((run) => run.id));
    expect(problemOf(await call("createStudy", { payload: { name: "paired seeds" } })).code).toBe("study_exists");
  });

  test("a clone has the changes and knows its source", async () => {
    const source = await createRun(api, { ...smallRun, schedule: { kind: "step", rate: 0.1, every: 10 } });
    const changes = { seed: 7, schedule: { kind: "cosine", rate: 0.2 }, model: { hidden: [8] } };
    const answer = await call("cloneRun", { params: { runId: source.id }, payload: { changes } });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({
      clonedFrom: source.id,
      spec: { seed: 7, schedule: { kind: "cosine", rate: 0.2 }, model: { kind: "mlp", hidden: [8] } },
    });
    const plain = await call("cloneRun", { params: { runId: source.id } });
    expect(plain.json<Run>().spec).toEqual(source.spec);
    const bad = await call("cloneRun", {
      params: { runId: source.id },
      payload: { changes: { budget: { steps: -1 } } },
    });
    expect(problemOf(bad).errors).toMatchObject([{ path: "changes.budget.steps" }]);
  });

  test("a fork holds the checkpoint that it goes on from; where there is none, the answer says which there are", async () => {
    const source = await createRun(api, { ...smallRun, budget: { steps: 100 } });
    const fork = (payload: object = {}) => call("forkRun", { params: { runId: source.id }, payload });
    expect(problemOf(await fork())).toMatchObject({
      code: "combination_refused",
      errors: [{ path: "step", message: expect.stringContaining("it has none") as string }],
    });
    const worker = await Worker.claim(api, source.id);
    const sha256 = "a".repeat(64);
    await worker.checkpoint(40, sha256);
    const schedule = { kind: "linear", rate: 0.3 };
    const forked = await fork({ changes: { schedule } });
    expect(forked.json()).toMatchObject({
      clonedFrom: source.id,
      spec: { schedule, continueFrom: { run: source.id, step: 40, checkpoint: sha256, bytes: 1 } },
    });
    expect(problemOf(await fork({ step: 41 })).errors).toMatchObject([{ allowed: ["40"] }]);
    expect(problemOf(await fork({ changes: { budget: { steps: 40 } } })).errors).toMatchObject([
      { path: "changes.budget.steps" },
    ]);
    const other = await fork({ changes: { model: { kind: "mlp", hidden: [3] } } });
    expect(problemOf(other).errors).toMatchObject([{ path: "changes.model" }]);
  });

  test("renaming and tagging", async () => {
    const { id } = await createRun(api);
    const answer = await call("updateRun", {
      params: { runId: id },
      payload: { name: "renamed", tags: { best: "yes" } },
    });
    expect(answer.json()).toMatchObject({ name: "renamed", spec: { tags: { best: "yes" } } });
    const bad = await call("updateRun", { params: { runId: id }, payload: { tags: { "not a key": "x" } } });
    expect(problemOf(bad).code).toBe("validation_failed");
  });
});

describe("steering", () => {
  test("a waiting run is cancelled at once, twice is no error, and then it may be retried or deleted", async () => {
    const { id } = await createRun(api);
    const params = { runId: id };
    expect(problemOf(await call("retryRun", { params })).code).toBe("run_active");
    expect(problemOf(await call("deleteRun", { params })).code).toBe("run_active");
    expect((await call("cancelRun", { params })).json()).toMatchObject({ status: "cancelled" });
    expect((await call("cancelRun", { params })).statusCode).toBe(202);
    const retried = await call("retryRun", { params, headers: { "content-type": "application/json" }, payload: "" });
    expect(retried.json()).toMatchObject({ status: "queued" });
    await call("cancelRun", { params });
    const deleted = await call("deleteRun", { params });
    expect([deleted.statusCode, deleted.body]).toEqual([204, ""]);
    expect(problemOf(await call("getRun", { params })).code).toBe("run_not_found");
  });

  test("a running run is asked to stop, and a completed one cannot be", async () => {
    const { id } = await createRun(api);
    const params = { runId: id };
    await db.runs.claim({ runId: id, attempt: 1 }, { worker: "test", leaseMs: 60_000 });
    const asked: string[] = [];
    const stop = await api.bus.subscribe(`run-control:${id}`, ({ header }) => asked.push(header));
    expect((await call("cancelRun", { params })).json()).toMatchObject({ status: "cancelling" });
    await expect
      .poll(() => asked.map((header) => JSON.parse(header) as unknown))
      .toEqual([{ type: "cancel", runId: id }]);
    stop();
    await db.runs.finish(id, 1, { outcome: "completed" });
    expect(problemOf(await call("cancelRun", { params })).code).toBe("run_not_active");
  });
});

test("a waiting run is paused at once and resumed into the queue; a running one's worker is asked", async () => {
  const { id } = await createRun(api);
  const params = { runId: id };
  expect(problemOf(await call("resumeRun", { params })).code).toBe("run_active");
  const paused = await call("pauseRun", { params });
  expect([paused.statusCode, paused.json<Run>().status]).toEqual([202, "paused"]);
  expect((await call("pauseRun", { params })).json()).toMatchObject({ status: "paused" });
  const resumed = await call("resumeRun", { params });
  expect([resumed.statusCode, resumed.json<Run>().status]).toEqual([202, "queued"]);
  await expect.poll(() => queueing.deliveries("cpu")).toContainEqual({ runId: id, attempt: 1 });

  await Worker.claim(api, id);
  const asked: unknown[] = [];
  const stop = await api.bus.subscribe(`run-control:${id}`, ({ header }) => asked.push(JSON.parse(header)));
  expect((await call("pauseRun", { params })).json()).toMatchObject({ status: "running" });
  await expect.poll(() => asked).toEqual([{ type: "pause", runId: id }]);
  stop();
  await db.runs.finish(id, 1, { outcome: "completed" });
  expect(problemOf(await call("pauseRun", { params })).code).toBe("run_not_active");
  expect(problemOf(await call("resumeRun", { params })).code).toBe("run_not_active");
});

test("a run is paused, waiting or at work, and goes on", async () => {
  const waiting = { runId: (await createRun(api)).id };
  expect((await call("pauseRun", { params: waiting })).json()).toMatchObject({ status: "paused" });
  expect((await call("pauseRun", { params: waiting })).statusCode).toBe(202);
  expect((await call("resumeRun", { params: waiting })).json()).toMatchObject({ status: "queued" });

  const working = { runId: (await createRun(api)).id };
  const { attempt } = await Worker.claim(api, working.runId);
  const asked: unknown[] = [];
  const stop = await api.bus.subscribe(`run-control:${working.runId}`, ({ header }) => asked.push(JSON.parse(header)));
  expect((await call("pauseRun", { params: working })).json()).toMatchObject({ status: "running" });
  await expect.poll(() => asked).toEqual([{ type: "pause", ...working }]);
  stop();
  await db.runs.finish(working.runId, attempt, { outcome: "paused" });
  expect((await call("getRun", { params: working })).json()).toMatchObject({ status: "paused" });
  expect((await call("resumeRun", { params: working })).json()).toMatchObject({ status: "queued", attempt });
  await expect.poll(() => queueing.deliveries("cpu")).toContainEqual({ ...working, attempt: attempt + 1 });
  expect(problemOf(await call("resumeRun", { params: working })).code).toBe("run_active");
});

test("the last two checkpoints of a run are listed", async () => {
  const { id } = await createRun(api);
  const params = { runId: id };
  expect((await call("listCheckpoints", { params })).json()).toEqual({ checkpoints: [] });
  const worker = await Worker.claim(api, id);
  for (const step of [10, 20, 30]) {
    await worker.record({ "train/loss": () => 1 }, step - 10, step);
    await worker.checkpoint(step);
  }
  expect((await call("listCheckpoints", { params })).json()).toEqual({
    checkpoints: [20, 30].map((step) => ({ step, attempt: 1, bytes: 1, at: expect.any(String) as string })),
  });
  await worker.finish();
  const unknown = await call("listCheckpoints", { params: { runId: "01890000-0000-7000-8000-00000000ffff" } });
  expect(problemOf(unknown).code).toBe("run_not_found");
});

test("checkpoints go with their run, and with a start from scratch", async () => {
  const { id } = await createRun(api);
  const params = { runId: id };
  const stored = async (step: number): Promise<string> => {
    const worker = await Worker.claim(api, id);
    const sha256 = await api.blobs.put(Buffer.from(`${id} at ${step}`));
    await worker.record({ "train/loss": () => 1 }, 0, step);
    await worker.checkpoint(step, sha256);
    await call("cancelRun", { params });
    await db.runs.finish(id, worker.attempt, { outcome: "cancelled" });
    expect(await api.blobs.has(sha256)).toBe(true);
    return sha256;
  };
  const first = await stored(10);
  expect((await call("retryRun", { params, payload: { from: "start" } })).json()).toMatchObject({ status: "queued" });
  expect(await api.blobs.has(first)).toBe(false);
  const second = await stored(20);
  expect((await call("deleteRun", { params })).statusCode).toBe(204);
  expect(await api.blobs.has(second)).toBe(false);
});

describe("lists", () => {
  test("filters and pages", async () => {
    const study = "to be paged";
    const runs = Array.from({ length: 7 }, (_, seed) => ({
      ...smallRun,
      seed,
      name: `paged ${seed}`,
      tags: { parity: seed % 2 ? "odd" : "even" },
      ...(seed === 3 ? { model: { kind: "cnn" }, schedule: { kind: "cosine", rate: 0.1 } } : {}),
    }));
    const made = (await call("createRuns", { payload: { study, runs } })).json<{ runs: Run[] }>().runs;
    const studyId = made[0]?.studyId as string;
    const seedsOf = async (query: Record<string, string | string[]>): Promise<number[]> => {
      const answer = await call("listRuns", { query: { studyId, order: "oldest", ...query } });
      return answer.json<{ runs: Run[] }>().runs.map((run) => seedOf(run.spec));
    };
    expect(await seedsOf({})).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await seedsOf({ order: "newest" })).toEqual([6, 5, 4, 3, 2, 1, 0]);
    expect(await seedsOf({ model: "cnn" })).toEqual([3]);
    expect(await seedsOf({ schedule: "cosine", dataset: "digits", optimizer: "sgd" })).toEqual([3]);
    expect(await seedsOf({ tag: "parity=odd" })).toEqual([1, 3, 5]);
    expect(await seedsOf({ tag: ["parity=odd", "parity"] })).toEqual([1, 3, 5]);
    expect(await seedsOf({ q: "paged 4" })).toEqual([4]);
    expect(await seedsOf({ status: ["queued", "running"] })).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await seedsOf({ status: "completed" })).toEqual([]);

    const seen: number[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: Record<string, string> = { studyId, order: "oldest", limit: "3", ...(cursor && { cursor }) };
      const page: { runs: Run[]; next: string | null; total: number } = (await call("listRuns", { query })).json();
      expect(page.total).toBe(7);
      expect(page.runs.length).toBeLessThanOrEqual(3);
      seen.push(...page.runs.map((run) => seedOf(run.spec)));
      cursor = page.next;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
