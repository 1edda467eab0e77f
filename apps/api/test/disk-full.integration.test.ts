/** The database's disk runs full: a tablespace on a small file system of its own, where this user may mount one. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodePoints, frameType, type PointsReceipt } from "@etude/contracts";
import { createClient, logger } from "@etude/sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder, withDatabase } from "../../../test/kit/index.ts";
import { createRun, problemOf, startApi } from "./harness.ts";

const { url, pool } = await withDatabase();
const api = await startApi(url, { ETUDE_RATE_LIMIT_PER_MINUTE: "100000" });
const disk = temporaryFolder();
const ballast = join(disk, "ballast");
const megabyte = 1024 * 1024;

/** Mounts the disk for whoever runs the server; false where that is not possible. */
async function mount(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const { rows } = await pool.query<{ pid: number }>("select pg_backend_pid() as pid");
  const owner = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${rows[0]?.pid}/status`, "utf8"))?.[1] ?? "";
  const options = `size=24m,uid=${owner},mode=0755`;
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk]).status !== 0) return false;
  execFileSync("install", ["-d", "-o", owner, join(disk, "space")]);
  return true;
}
const mounted = await mount();

beforeAll(async () => {
  if (!mounted) return;
  writeFileSync(ballast, Buffer.alloc(12 * megabyte));
  await pool.query(`create tablespace small location '${join(disk, "space")}'`);
  await pool.query("alter table series_chunk set tablespace small");
});
afterAll(async () => {
  if (!mounted) return;
  await pool.query("truncate series_chunk");
  await pool.query("alter table series_chunk set tablespace pg_default");
  await pool.query("drop tablespace small");
  execFileSync("umount", [disk]);
});

test.runIf(mounted)("a full disk is said with its remedy; nothing acknowledged is lost, nothing doubled", async () => {
  const n = 50_000;
  const runId = (await createRun(api, { kind: "external" })).id;
  const valueAt = (step: number): number => Math.sin(step) / 3;
  const send = (from: number) => {
    const steps = Float64Array.from({ length: n }, (_, i) => from + i);
    const series = [{ key: "train/loss", index: 0, from, steps, values: steps.map(valueAt) }];
    const frame = encodePoints({ runId, attempt: 1, from: 0, to: 0, cursor: "", series });
    return api.call("writePoints", {
      params: { runId },
      headers: { "content-type": frameType },
      payload: Buffer.from(frame),
    });
  };
  let acknowledged = 0;
  let answer = await send(0);
  for (; answer.statusCode === 200; answer = await send(acknowledged)) {
    acknowledged = answer.json<PointsReceipt>().points;
    expect(acknowledged).toBeLessThan(5e6);
  }
  expect(acknowledged).toBeGreaterThan(0);
  expect(problemOf(answer)).toMatchObject({ code: "storage_full", remedy: expect.stringContaining("Free space") });
  expect(answer.headers["retry-after"]).toBe("5");
  // Reading goes on, and so do small appends for which there is room: the log stands where it was acknowledged.
  expect((await api.db.runs.get(runId)).points).toBe(acknowledged);

  // A loop that logs meanwhile is not disturbed, and waits with what the server cannot take.
  const address = await api.app.listen({ port: 0, host: "127.0.0.1" });
  const told: unknown[] = [];
  const log = logger({
    client: createClient({ url: address }),
    spec: { kind: "external" },
    backoff: { baseMs: 10, capMs: 50 },
    batch: { points: 20_000 },
    onProblem: (problem) => told.push(problem),
  });
  for (let step = 0; step < 100_000; step += 1) log.log({ step, values: { "train/loss": valueAt(step) } });
  await expect.poll(() => told, { timeout: 20_000 }).toMatchObject([{ code: "storage_full" }]);

  rmSync(ballast);
  await log.finish();
  expect((await send(acknowledged)).json<PointsReceipt>()).toMatchObject({ points: acknowledged + n });
  // What was sent before, once more.
  expect((await send(0)).json<PointsReceipt>().series[0]).toMatchObject({ known: n, accepted: 0 });
  for (const [id, points] of [[runId, acknowledged + n] as const, [log.runId ?? "", 100_000] as const]) {
    const { series, total } = await api.db.history.readHistory(id);
    expect(total).toBe(points);
    const [one] = series;
    if (one?.mode !== "exact") throw new Error("not exact");
    expect(one.points.steps.every((step, i) => step === i)).toBe(true);
    expect(one.points.values.every((value, i) => value === valueAt(i))).toBe(true);
  }
});
