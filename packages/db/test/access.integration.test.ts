import { Problem } from "@etude/contracts";
import { createDatabase } from "@etude/db";
import { afterAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { claimNext, newRun, spec } from "./support.ts";

const { url, pool } = await withDatabase();
const db = createDatabase({ url });
afterAll(() => db.close());

describe("keys", () => {
  test("are shown once, verified by hash, and gone with their sessions when revoked", async () => {
    expect(await db.keys.exist()).toBe(false);
    const { key, ...shown } = await db.keys.create({ name: "laptop", scope: "write" });
    expect(key).toMatch(/^etude_[\w-]{43}$/);
    expect(await db.keys.exist()).toBe(true);
    expect(await db.keys.list()).toEqual([shown]);
    expect(await db.keys.verify(key)).toMatchObject({ id: shown.id, scope: "write", prefix: key.slice(0, 12) });
    expect(await db.keys.list()).toMatchObject([{ lastUsedAt: expect.any(String) }]);
    for (const wrong of ["", key.slice(0, -1), `${key}x`, key.toUpperCase()])
      expect(await db.keys.verify(wrong)).toBeNull();
    const { rows } = await pool.query("select to_jsonb(k)::text as row from api_key k");
    expect(rows[0].row).not.toContain(key);

    const { token } = await db.sessions.create(shown.id);
    expect(await db.sessions.verify(token)).toMatchObject({ id: shown.id });
    await db.keys.revoke(shown.id);
    expect(await db.keys.verify(key)).toBeNull();
    expect(await db.sessions.verify(token)).toBeNull();
    await expect(db.keys.revoke(shown.id)).rejects.toThrow(Problem);
  });

  test("a given key is made once, however many processes start", async () => {
    const made = await Promise.all(
      Array.from({ length: 5 }, () => db.keys.ensure("etude_first", { name: "admin", scope: "admin" })),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await db.keys.verify("etude_first")).toMatchObject({ scope: "admin" });
  });
});

describe("sessions", () => {
  test("end when removed, and when they are old", async () => {
    const { id } = await db.keys.create({ name: "k", scope: "read" });
    const [a, b] = [await db.sessions.create(id), await db.sessions.create(id, -1000)];
    expect(await db.sessions.verify(b.token)).toBeNull();
    expect(await db.sessions.verify(a.token)).toMatchObject({ id, scope: "read" });
    await db.sessions.remove(a.token);
    expect(await db.sessions.verify(a.token)).toBeNull();
    await db.tidy();
    expect((await pool.query("select from session")).rowCount).toBe(0);
  });
});

describe("workers", () => {
  test("are listed while they beat", async () => {
    const worker = { id: "w1", pool: "cpu", backend: "wasm", host: "h", pid: 7, runId: null };
    await db.workers.heartbeat(worker);
    await db.workers.heartbeat({ ...worker, backend: "cpu" });
    await db.workers.heartbeat({ ...worker, id: "w2" });
    expect(await db.workers.list()).toMatchObject([
      { id: "w1", backend: "cpu", seenAt: expect.any(String) },
      { id: "w2" },
    ]);
    await pool.query("update worker set seen_at = now() - interval '2 minutes' where id = 'w1'");
    await db.workers.leave("w2");
    expect(await db.workers.list()).toEqual([]);
  });
});

describe("studies", () => {
  test("a name is taken once; references make or find one", async () => {
    const study = await db.studies.create({ name: "warmups", note: "n" });
    await expect(db.studies.create({ name: "warmups" })).rejects.toMatchObject({ code: "study_exists" });
    expect(await db.studies.resolve("warmups")).toBe(study.id);
    expect(await db.studies.resolve(study.id)).toBe(study.id);
    const ids = await Promise.all(Array.from({ length: 5 }, () => db.studies.resolve("new one")));
    expect(new Set(ids).size).toBe(1);
    await expect(db.studies.resolve("00000000-0000-7000-8000-000000000000")).rejects.toMatchObject({
      code: "study_not_found",
    });
    const { runs } = await db.runs.create([
      { spec: spec(), studyId: study.id },
      { spec: spec(), studyId: study.id },
    ]);
    await db.runs.requestCancel(runs[0]!.id);
    expect(await db.studies.get(study.id)).toMatchObject({ note: "n", runs: { queued: 1, cancelled: 1 } });
    expect(await db.studies.runIds(study.id)).toEqual(runs.map(({ id }) => id));
  });

  test("pages, newest first", async () => {
    for (let i = 0; i < 5; i += 1) await db.studies.create({ name: `page ${i}` });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await db.studies.list({ limit: 2, ...(cursor && { cursor }) });
      names.push(...page.studies.map(({ name }) => name));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(names.slice(0, 5)).toEqual([4, 3, 2, 1, 0].map((i) => `page ${i}`));
    expect(new Set(names).size).toBe(names.length);
  });
});

test("counts for the server's info", async () => {
  const before = await db.counts();
  const { id } = await newRun(db);
  expect(await db.counts()).toEqual({ ...before, waiting: before.waiting + 1 });
  await claimNext(db, id);
  expect(await db.counts()).toEqual({ ...before, running: before.running + 1 });
});
