import type { RetentionPolicy, RetentionPreview, Run } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { retain } from "../src/runs/retain.ts";
import { createRun, nobody, problemOf, smallRun, startApi } from "./harness.ts";
import { LiveClient } from "./live-client.ts";

const { url, pool } = await withDatabase();
const api = await startApi(url);
const { call, db } = api;

interface Made {
  readonly study?: string;
  readonly daysAgo?: number;
  readonly loss?: number;
  readonly tags?: Record<string, string>;
}

/** An external run with 3000 points of two series, ended so many days ago. */
async function ended({ study, daysAgo = 10, loss = 1, tags = {} }: Made = {}): Promise<Run> {
  const spec = { kind: "external", tags };
  const made = await call("createRun", { payload: spec, ...(study && { query: { study } }) });
  const { id } = made.json<Run>();
  const steps = { first: 0, stride: 1 };
  const series = ["validation/loss", "system/memory-mb"].map((key) => {
    const values = Array.from({ length: 1500 }, (_, i) => loss + 1500 - i);
    return { key, from: 0, steps, values };
  });
  await call("writePoints", { params: { runId: id }, payload: { series } });
  await call("finishRun", { params: { runId: id }, payload: { outcome: "completed" } });
  await pool.query("update run set ended_at = now() - $2 * interval '1 day' where id = $1", [id, daysAgo]);
  return db.runs.get(id);
}
const set = async (payload: object): Promise<RetentionPolicy> => (await call("setRetention", { payload })).json();
const preview = async (payload?: object): Promise<RetentionPreview> =>
  (await call("previewRetention", payload ? { payload } : {})).json();
const there = async (runs: readonly Run[]): Promise<boolean[]> => {
  const found = await db.runs.getMany(runs.map(({ id }) => id));
  return runs.map(({ id }) => found.some((run) => run.id === id));
};

describe("retention", () => {
  test("nothing goes without a policy", async () => {
    const run = await ended({ daysAgo: 1000 });
    expect(await retain(api)).toBe(false);
    expect(await there([run])).toEqual([true]);
    expect((await preview()).delete.runs).toBe(0);
    await db.runs.remove(run.id);
  });

  test("a dry run says what would go, and exactly that goes", async () => {
    const study = "retained";
    const losses = [0.3, 0.1, 0.2, 0.5, 0.4];
    const old = await Promise.all(losses.map((loss) => ended({ study, loss })));
    const young = await ended({ study, daysAgo: 1 });
    const pinned = await ended({ study, tags: { pinned: "" }, loss: 9 });
    const release = await ended({ study, tags: { stage: "release" }, loss: 8 });
    const elsewhere = await ended({ daysAgo: 50 });
    const studyId = young.studyId as string;
    // A waiting run replays one of the old ones.
    const needed = await ended({ study, loss: 7 });
    const { runs: waiting } = await db.runs.create([
      { spec: (await createRun(api, smallRun)).spec, needs: [needed.id] },
    ]);
    const rules = {
      deleteAfterDays: 5,
      keepBest: { metric: "best-validation-loss", count: 2 },
      keepTags: ["pinned", "stage=release"],
    };
    const said = await preview({ studyId, rules });
    const goes = [old[0], old[3], old[4]] as Run[];
    expect(said).toMatchObject({
      delete: { runs: 3, points: 9000 },
      keep: { best: 2, tagged: 2, needed: 1 },
      thin: { runs: 0 },
    });
    expect(new Set(said.delete.first.map(({ id }) => id))).toEqual(new Set(goes.map(({ id }) => id)));
    expect(await there(goes)).toEqual([true, true, true]);
    await set({ studyId, rules });
    expect(await preview()).toEqual(said);
    expect(await retain(api)).toBe(false);
    expect(await there([...old, young, pinned, release, needed, elsewhere])).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect((await preview()).delete.runs).toBe(0);
    const { rows } = await pool.query("select from series_chunk where run_id = any($1::uuid[])", [
      goes.map(({ id }) => id),
    ]);
    expect(rows).toHaveLength(0);
    await db.runs.requestCancel(waiting[0]?.id ?? "");
    await retain(api);
    expect(await there([needed])).toEqual([false]);
    // A policy of all others leaves this study alone.
    await set({ rules: { deleteAfterDays: 5 } });
    await retain(api);
    expect(await there([pinned, young, elsewhere])).toEqual([true, true, false]);
    const { policies } = (await call("listRetention")).json<{ policies: RetentionPolicy[] }>();
    expect(policies.map((policy) => policy.studyId)).toEqual([studyId, null]);
    expect((await set({ rules: { deleteAfterDays: 7 } })).id).toBe(policies[1]?.id);
    for (const { id } of policies) await call("deleteRetention", { params: { policyId: id } });
    expect(await db.retention.list()).toEqual([]);
  });

  test("system series are thinned once, as a new attempt that viewers follow", async () => {
    const run = await ended({ study: "thinned" });
    const address = await api.app.listen({ host: "127.0.0.1", port: 0 });
    const viewer = await LiveClient.open(address);
    viewer.say({ type: "subscribe", runId: run.id });
    await expect.poll(() => viewer.size(run.id)).toBe(3000);
    const policy = await set({ studyId: run.studyId, rules: { thinSystemAfterDays: 3 } });
    expect((await preview()).thin.runs).toBe(1);
    await retain(api);
    expect((await preview()).thin.runs).toBe(0);
    await retain(api);
    expect(await db.runs.get(run.id)).toMatchObject({ attempt: 2, points: 1524, status: "completed" });
    const { series } = await db.history.readHistory(run.id);
    const [loss, memory] = series.map((one) => (one.mode === "exact" ? one.points : undefined));
    expect(loss?.steps).toHaveLength(1500);
    expect(Array.from(memory?.steps ?? [])).toEqual([...Array.from({ length: 23 }, (_, i) => 64 * i + 63), 1499]);
    expect(memory?.values.at(-1)).toBe(2);
    expect((await db.history.summaries(run.id))[1]).toMatchObject({ points: 24, last: 2, min: 2, max: 1501 - 63 });
    await expect.poll(() => viewer.size(run.id)).toBe(1524);
    viewer.clients.get(run.id)?.verify(await db.history.readHistory(run.id));
    viewer.close();
    await db.retention.remove(policy.id);
  });

  test("what does not fit is refused by name", async () => {
    const refused = async (payload: object) => problemOf(await call("setRetention", { payload }));
    expect(await refused({ rules: {} })).toMatchObject({ code: "validation_failed", errors: [{ path: "rules" }] });
    expect(await refused({ rules: { deleteAfterDays: -1 } })).toMatchObject({
      errors: [{ path: "rules.deleteAfterDays" }],
    });
    expect((await refused({ studyId: nobody, rules: { deleteAfterDays: 1 } })).code).toBe("study_not_found");
    const gone = await call("deleteRetention", { params: { policyId: nobody } });
    expect(problemOf(gone).code).toBe("policy_not_found");
  });
});
