import { Problem, type RunId } from "@etude/contracts";
import { createDatabase, type NewRun, type RunList } from "@etude/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { claimNext, newRun, points, range, recorderOf, recording, spec } from "./support.ts";

const { url, pool } = await withDatabase();
const db = createDatabase({ url });
afterAll(() => db.close());

const code = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return "no problem";
};
const nobody = "00000000-0000-7000-8000-000000000000" as RunId;

describe("creating", () => {
  test("many runs are made in order, each with the columns of its spec", async () => {
    const study = await db.studies.create({ name: "in order" });
    const specs = range(5).map((i) => spec({ name: `run ${i}`, seed: i, tags: { a: String(i), b: "" } }));
    const { runs, created } = await db.runs.create(specs.map((one): NewRun => ({ spec: one, studyId: study.id })));
    expect(created).toBe(true);
    expect(runs.map(({ name }) => name)).toEqual(range(5).map((i) => `run ${i}`));
    expect(runs[0]).toMatchObject({
      status: "queued",
      attempt: 0,
      step: 0,
      points: 0,
      horizon: 100,
      studyId: study.id,
      spec: specs[0],
      backend: null,
    });
    const { rows } = await pool.query(
      "select schedule_kind, model_kind, dataset_kind, optimizer_kind, tags, pool, budget_steps from run where id = $1",
      [runs[3]!.id],
    );
    expect(rows[0]).toEqual({
      schedule_kind: "constant",
      model_kind: "mlp",
      dataset_kind: "digits",
      optimizer_kind: "sgd",
      tags: ["a", "a=3", "b", "b="],
      pool: "cpu",
      budget_steps: 100,
    });
    expect(await db.studies.get(study.id)).toMatchObject({ runs: { queued: 5 } });
    expect(await db.runs.events(runs[0]!.id)).toMatchObject([{ from: null, to: "queued", why: "created" }]);
  });

  test("all or none: a missing study or replayed run makes none", async () => {
    const before = await db.counts();
    expect(await code(db.runs.create([{ spec: spec() }, { spec: spec(), needs: [nobody] }]))).toBe("run_not_found");
    expect(await code(db.runs.create([{ spec: spec() }, { spec: spec(), studyId: nobody as never }]))).toBe(
      "study_not_found",
    );
    expect(await db.counts()).toEqual(before);
  });

  test("an idempotency key returns the first runs, to concurrent requests too, and refuses another body", async () => {
    const use = () => db.runs.create([{ spec: spec() }], { key: "k1", body: { b: [1, { y: 1, x: 2 }], a: 1 } });
    const answers = await Promise.all([use(), use(), use(), use()]);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ runs }) => runs[0]!.id)).size).toBe(1);
    const reordered = await db.runs.create([{ spec: spec() }], { key: "k1", body: { a: 1, b: [1, { x: 2, y: 1 }] } });
    expect(reordered).toMatchObject({ created: false, runs: [{ id: answers[0]!.runs[0]!.id }] });
    expect(await code(db.runs.create([{ spec: spec() }], { key: "k1", body: { a: 2 } }))).toBe("idempotency_conflict");
  });

  test("a request that fails leaves its key unused", async () => {
    const body = { x: 1 };
    expect(await code(db.runs.create([{ spec: spec(), needs: [nobody] }], { key: "k2", body }))).toBe("run_not_found");
    expect(await db.runs.create([{ spec: spec() }], { key: "k2", body })).toMatchObject({ created: true });
  });
});

describe("claiming", () => {
  test("one of many wins", async () => {
    const { id } = await newRun(db);
    const claims = await Promise.all(
      range(12).map((i) => db.runs.claim({ runId: id, attempt: 1 }, { worker: `w${i}` })),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await db.runs.get(id)).toMatchObject({ status: "running", attempt: 1 });
  });

  test("a delivery of an earlier attempt claims nothing", async () => {
    const { id } = await newRun(db);
    await claimNext(db, id);
    await db.runs.requeue(id, 1, { why: "test", loss: false });
    expect(await db.runs.claim({ runId: id, attempt: 1 }, { worker: "w" })).toBeNull();
    expect(await db.runs.claim({ runId: id, attempt: 3 }, { worker: "w" })).toBeNull();
    expect(await db.runs.claim({ runId: id, attempt: 2 }, { worker: "w" })).toMatchObject({ attempt: 2 });
  });

  test("a held run cannot be claimed; one whose lease ran out can", async () => {
    const { id } = await newRun(db);
    await claimNext(db, id);
    expect(await db.runs.claim({ runId: id, attempt: 2 }, { worker: "thief" })).toBeNull();
    await pool.query("update run set lease_until = now() - interval '1 second' where id = $1", [id]);
    expect(await db.runs.claim({ runId: id, attempt: 2 }, { worker: "heir" })).toMatchObject({ attempt: 2 });
    const { rows } = await pool.query(
      "select attempt, why, ended_at is not null as ended from run_attempt where run_id = $1 order by attempt",
      [id],
    );
    expect(rows).toEqual([
      { attempt: 1, why: "lost", ended: true },
      { attempt: 2, why: null, ended: false },
    ]);
  });

  test("a flush extends the lease", async () => {
    const { runId, recorder } = await recording(db);
    await pool.query("update run set lease_until = now() - interval '1 second' where id = $1", [runId]);
    await recorder.flush();
    expect((await db.runs.recoverLost()).map(({ id }) => id)).not.toContain(runId);
  });
});

describe("the reconciler", () => {
  const expire = (id: string) =>
    pool.query("update run set lease_until = now() - interval '1 second' where id = $1", [id]);

  test("requeues a lost run, cancels a lost cancelling one, and fails one that keeps dying without progress", async () => {
    const { id } = await newRun(db);
    const statuses: string[] = [];
    for (let death = 1; death <= 3; death += 1) {
      await claimNext(db, id);
      await expire(id);
      const [changed] = (await db.runs.recoverLost()).filter((run) => run.id === id);
      statuses.push(changed!.status);
    }
    expect(statuses).toEqual(["queued", "queued", "failed"]);
    expect(await db.runs.get(id)).toMatchObject({
      failure: { reason: "lost-worker", step: 0 },
      endedAt: expect.any(String),
    });

    const wanted = await newRun(db);
    await claimNext(db, wanted.id);
    await db.runs.requestCancel(wanted.id);
    await expire(wanted.id);
    expect((await db.runs.recoverLost()).map(({ id: one, status }) => [one, status])).toContainEqual([
      wanted.id,
      "cancelled",
    ]);
    expect((await db.runs.events(wanted.id)).map(({ from, to }) => [from, to])).toEqual([
      [null, "queued"],
      ["queued", "running"],
      ["running", "cancelling"],
      ["cancelling", "cancelled"],
    ]);
  });

  test("a checkpoint counts as progress", async () => {
    const { id } = await newRun(db);
    for (let death = 1; death <= 5; death += 1) {
      const recorder = await recorderOf(db, await claimNext(db, id));
      recorder.push([points("train/loss", range(10, (death - 1) * 10), () => 1)]);
      await recorder.registerCheckpoint({ step: death * 10, file: "f", sha256: "s", bytes: 1 });
      expect(await db.runs.requeue(id, death, { why: "crash", loss: true })).toMatchObject({ status: "queued" });
    }
  });

  test("finds queued runs the queue does not have", async () => {
    await pool.query("update run set status = 'cancelled' where status = 'queued'");
    const [a, b] = [await newRun(db), await newRun(db, { pool: "gpu" })];
    expect(await db.runs.undelivered({ againAfterMs: 60_000 })).toEqual([
      { job: { runId: a.id, attempt: 1 }, pool: "cpu" },
      { job: { runId: b.id, attempt: 1 }, pool: "gpu" },
    ]);
    await db.runs.markDelivered([
      { runId: a.id, attempt: 1 },
      { runId: b.id, attempt: 1 },
    ]);
    expect(await db.runs.undelivered({ againAfterMs: 60_000 })).toEqual([]);
    expect(await db.runs.undelivered({ againAfterMs: -1 })).toHaveLength(2);
    await claimNext(db, a.id);
    await db.runs.requeue(a.id, 1, { why: "test", loss: false });
    expect(await db.runs.undelivered({ againAfterMs: 60_000 })).toMatchObject([{ job: { runId: a.id, attempt: 2 } }]);
  });
});

describe("transitions", () => {
  const facts: Parameters<typeof db.runs.started>[2] = {
    backend: { name: "cpu", library: "tfjs", device: "x", reproducible: true, refused: [] },
    horizon: 100,
    parameters: 42,
  };
  const summary = {
    steps: 100,
    seconds: 2,
    stepsPerSecond: 50,
    finalValidationLoss: 0.5,
    bestValidationLoss: "NaN",
  } as const;

  test("a run from start to end", async () => {
    const { id } = await newRun(db);
    await claimNext(db, id);
    expect(await db.runs.started(id, 1, facts)).toMatchObject({ ...facts, startedAt: expect.any(String) });
    expect(await db.runs.renewLease(id, 1)).toBe("running");
    const ended = await db.runs.finish(id, 1, { outcome: "completed", summary });
    expect(ended).toMatchObject({ status: "completed", summary, endedAt: expect.any(String) });
    expect(await db.runs.finish(id, 1, { outcome: "failed" })).toBe("lost");
    const { rows } = await pool.query(
      "select final_validation_loss, best_validation_loss, lease_until from run where id = $1",
      [id],
    );
    expect(rows[0]).toEqual({ final_validation_loss: 0.5, best_validation_loss: null, lease_until: null });
    expect(await code(db.runs.retry(id, "checkpoint"))).toBe("run_not_active");
    expect(await code(db.runs.requestCancel(id))).toBe("run_not_active");
  });

  test("pausing and resuming, and a pause that turns out a cancel", async () => {
    const { id } = await newRun(db);
    await claimNext(db, id);
    expect(await db.runs.finish(id, 1, { outcome: "paused" })).toMatchObject({ status: "paused", endedAt: null });
    expect(await db.runs.resume(id)).toMatchObject({ status: "queued" });
    expect(await code(db.runs.resume(id))).toBe("run_active");
    await claimNext(db, id);
    await db.runs.requestCancel(id);
    expect(await db.runs.finish(id, 2, { outcome: "paused" })).toMatchObject({ status: "cancelled" });
    expect(await db.runs.retry(id, "checkpoint")).toMatchObject({ run: { status: "queued", endedAt: null } });
    expect(await code(db.runs.retry(id, "checkpoint"))).toBe("run_active");
  });

  test("a wish to pause: at once where nobody trains, told to the worker else, and kept when the worker is lost", async () => {
    const { id } = await newRun(db);
    expect(await db.runs.requestPause(id)).toMatchObject({ status: "paused", endedAt: null });
    expect(await db.runs.requestPause(id)).toMatchObject({ status: "paused" });
    expect(await db.runs.claim({ runId: id, attempt: 1 }, { worker: "w" })).toBeNull();
    await db.runs.resume(id);
    await claimNext(db, id);
    expect(await db.runs.requestPause(id)).toMatchObject({ status: "running" });
    expect(await db.runs.renewLease(id, 1)).toBe("pausing");
    expect(await db.runs.finish(id, 1, { outcome: "paused" })).toMatchObject({ status: "paused" });
    await db.runs.resume(id);
    await claimNext(db, id);
    expect(await db.runs.renewLease(id, 2)).toBe("running");

    await db.runs.requestPause(id);
    expect(await db.runs.requeue(id, 2, { why: "test", loss: true, maxLosses: 1 })).toMatchObject({
      status: "paused",
      failure: null,
      endedAt: null,
    });
    await db.runs.resume(id);
    await claimNext(db, id);
    await db.runs.requestPause(id);
    await pool.query("update run set lease_until = now() - interval '1 second' where id = $1", [id]);
    expect((await db.runs.recoverLost()).find((run) => run.id === id)).toMatchObject({ status: "paused" });

    await db.runs.requestCancel(id);
    expect(await code(db.runs.requestPause(id))).toBe("run_not_active");
    expect(await code(db.runs.requestPause(nobody))).toBe("run_not_found");
  });

  test("a flush tells of a wish to pause; a cancel replaces it", async () => {
    const { runId, recorder } = await recording(db);
    await db.runs.requestPause(runId);
    expect(await recorder.flush()).toMatchObject({ status: "pausing" });
    await db.runs.requestCancel(runId);
    expect(await recorder.flush()).toMatchObject({ status: "cancelling" });
  });

  test("cancelling a queued run ends it; again is no error; a run that completes first stays completed", async () => {
    const { id } = await newRun(db);
    expect(await db.runs.requestCancel(id)).toMatchObject({ status: "cancelled", endedAt: expect.any(String) });
    expect(await db.runs.requestCancel(id)).toMatchObject({ status: "cancelled" });
    const busy = await newRun(db);
    await claimNext(db, busy.id);
    await db.runs.requestCancel(busy.id);
    expect(await db.runs.requestCancel(busy.id)).toMatchObject({ status: "cancelling" });
    expect(await db.runs.finish(busy.id, 1, { outcome: "completed", summary })).toMatchObject({ status: "completed" });
    expect(await code(db.runs.requestCancel(nobody))).toBe("run_not_found");
  });

  test("every change but an append is a new revision", async () => {
    const { runId, recorder } = await recording(db);
    const revision = async () => (await db.history.positions([runId])).get(runId)!.revision;
    const before = await revision();
    await recorder.flush();
    expect(await revision()).toBe(before);
    await db.runs.started(runId, 1, facts);
    await db.runs.patch(runId, { name: "new name", tags: { k: "v" } });
    await db.runs.requestCancel(runId);
    expect(await revision()).toBe(before + 3);
    expect(await db.runs.get(runId)).toMatchObject({ name: "new name", spec: { name: "new name", tags: { k: "v" } } });
  });
});

describe("listing", () => {
  const filter = (more: Partial<RunList>): RunList => ({ order: "newest", limit: 50, ...more });
  let study: NewRun["studyId"];
  beforeAll(async () => {
    study = await db.studies.resolve("listing");
    const losses = [0.5, null, 0.1, 0.5, Number.NaN, 0.3, null];
    for (const [i, loss] of losses.entries()) {
      const schedule =
        i % 2 === 0 ? ({ kind: "constant", rate: 0.1 } as const) : ({ kind: "cosine", rate: 0.1 } as const);
      const { runs } = await db.runs.create([
        { spec: spec({ name: `r_${i % 3}`, schedule, tags: { odd: String(i % 2) } }), studyId: study! },
      ]);
      if (loss === null) continue;
      await claimNext(db, runs[0]!.id);
      const bestValidationLoss = Number.isNaN(loss) ? ("NaN" as const) : loss;
      await db.runs.finish(runs[0]!.id, 1, {
        outcome: "completed",
        summary: { steps: 1, seconds: 1, stepsPerSecond: 1, bestValidationLoss },
      });
    }
  });

  test.each([
    ["newest", [6, 5, 4, 3, 2, 1, 0]],
    ["oldest", [0, 1, 2, 3, 4, 5, 6]],
    ["best-validation-loss", [2, 5, 0, 3, 1, 4, 6]],
    ["name", [0, 3, 6, 1, 4, 2, 5]],
  ] as const)("pages of %s are the whole order once, whatever the page size", async (order, wanted) => {
    const created = (await db.runs.list(filter({ studyId: study!, order: "oldest" }))).runs.map(({ id }) => id);
    for (const limit of [1, 2, 3, 7]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await db.runs.list(filter({ studyId: study!, order, limit, ...(cursor && { cursor }) }));
        expect(page.total).toBe(7);
        seen.push(...page.runs.map(({ id }) => id));
        cursor = page.next ?? undefined;
      } while (cursor);
      expect(seen.map((id) => created.indexOf(id as RunId))).toEqual(wanted);
    }
  });

  test("filters", async () => {
    const count = async (more: Partial<RunList>) => (await db.runs.list(filter({ studyId: study!, ...more }))).total;
    expect(await count({ status: ["queued"] })).toBe(2);
    expect(await count({ status: ["queued", "completed"] })).toBe(7);
    expect(await count({ schedule: "cosine" })).toBe(3);
    expect(await count({ tag: ["odd=1"] })).toBe(3);
    expect(await count({ tag: ["odd"] })).toBe(7);
    expect(await count({ tag: ["odd=1", "odd=0"] })).toBe(0);
    expect(await count({ q: "R_1" })).toBe(2);
    expect(await count({ q: "rx1" })).toBe(0);
    expect(await count({ q: "%" })).toBe(0);
    expect(await count({ model: "mlp", dataset: "digits", optimizer: "sgd" })).toBe(7);
    expect(await count({ model: "cnn" })).toBe(0);
  });

  test("a cursor of another order, or none of ours, is refused", async () => {
    const page = await db.runs.list(filter({ studyId: study!, order: "name", limit: 1 }));
    expect(await code(db.runs.list(filter({ cursor: page.next! })))).toBe("invalid_cursor");
    for (const cursor of ["x", "bm9wZQ", Buffer.from('["newest",1]').toString("base64url")]) {
      expect(await code(db.runs.list(filter({ cursor })))).toBe("invalid_cursor");
    }
  });
});

describe("deleting", () => {
  test("an active run, and one that a waiting run needs, stay", async () => {
    const { runId } = await recording(db);
    expect(await code(db.runs.remove(runId))).toBe("run_active");
    await db.runs.finish(runId, 1, { outcome: "completed" });
    const { runs } = await db.runs.create([{ spec: spec(), needs: [runId as RunId] }]);
    expect(await code(db.runs.remove(runId))).toBe("run_in_use");
    await db.runs.requestCancel(runs[0]!.id);
    expect(await db.runs.remove(runId)).toEqual({ blobs: [] });
    expect(await code(db.runs.remove(runId))).toBe("run_not_found");
  });

  test("nothing is left, over several batches; clones stay", async () => {
    const { runId, recorder } = await recording(db);
    recorder.push(range(5).map((i) => points(`s${i}`, range(500_000), (step) => step)));
    await recorder.registerCheckpoint({ step: 500_000, file: "f", sha256: "s", bytes: 5 });
    await db.history.appendLog(
      runId,
      1,
      range(3000).map((i) => ({ level: "info" as const, message: `${i}` })),
    );
    await db.runs.finish(runId, 1, { outcome: "completed" });
    const clone = (await db.runs.create([{ spec: spec(), clonedFrom: runId as RunId }])).runs[0]!;
    expect(clone.clonedFrom).toBe(runId);
    expect(await db.runs.remove(runId)).toEqual({ blobs: ["s"] });
    for (const table of ["series", "series_chunk", "run_log", "run_event", "run_attempt", "checkpoint"]) {
      const { rows } = await pool.query(`select count(*)::int as n from ${table} where run_id = $1`, [runId]);
      expect([table, rows[0].n]).toEqual([table, 0]);
    }
    expect(await db.runs.get(clone.id)).toMatchObject({ clonedFrom: null });
  });

  test("an interrupted deletion is invisible, and finished by tidy", async () => {
    const { runId } = await recording(db);
    await db.runs.finish(runId, 1, { outcome: "completed" });
    await pool.query("update run set deleted_at = now() - interval '1 hour' where id = $1", [runId]);
    expect(await code(db.runs.get(runId))).toBe("run_not_found");
    expect((await db.history.positions([runId])).size).toBe(0);
    await db.tidy();
    expect((await pool.query("select from run where id = $1", [runId])).rowCount).toBe(0);
  });
});
