import { mkdtempSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BackendReport, channels, operations, type Ring, type Run, type RunSummary } from "@etude/contracts";
import type { Recorder } from "@etude/db";
import { createClient, HistoryBuffer, live } from "@etude/sdk/node";
import { beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "../../api/test/harness.ts";
import { withDatabase } from "../../../test/kit/index.ts";
import { runCli } from "./run-cli.ts";

const adminKey = `etude_${"k".repeat(43)}`;
const backend: BackendReport = { name: "cpu", library: "tfjs", device: "test", reproducible: true, refused: [] };

let api: Api;
let url = "";
const { url: database } = await withDatabase();
beforeAll(async () => {
  api = await startApi(database);
  await api.db.keys.ensure(adminKey, { name: "first", scope: "admin" });
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  api.app.server.on("upgrade", (_, socket) => lines.add(socket as Socket));
  url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
});

const cli = (...argv: string[]) => runCli([...argv, "--url", url, "--key", adminKey]);
const client = () => createClient({ url, key: adminKey });

const lines = new Set<Socket>();
/** Cuts the lines of all viewers. */
const cutLines = () => {
  for (const socket of lines) socket.destroy();
};

/** Does to a run what a worker does, on the same database and bus. */
class Worker {
  readonly runId: Run["id"];
  attempt = 0;
  step = 0;
  #recorder: Recorder | undefined;
  constructor(runId: Run["id"]) {
    this.runId = runId;
  }

  /** Takes the run over, from the last registered checkpoint; the worker before is dead from here on. */
  async claim(): Promise<void> {
    if (this.attempt > 0) await api.db.runs.requeue(this.runId, this.attempt, { why: "killed", loss: true });
    const job = { runId: this.runId, attempt: this.attempt + 1 };
    const claim = await api.db.runs.claim(job, { worker: "test", leaseMs: 600_000 });
    if (claim === null) throw new Error("the claim was refused");
    this.attempt = claim.attempt;
    this.step = claim.resume?.step ?? 0;
    const recorder = await api.db.openRecorder(this.runId, claim.attempt);
    if (recorder === "lost") throw new Error("the claim does not hold");
    this.#recorder = recorder;
    await api.db.runs.started(this.runId, claim.attempt, { backend, horizon: 300, parameters: 7 });
    if (claim.rewoundTo !== null)
      this.#ring({ type: "rewound", runId: this.runId, attempt: this.attempt, step: claim.rewoundTo });
    this.#ring({ type: "changed", runId: this.runId });
  }

  async train(steps: number, checkpoint = false): Promise<void> {
    const column = Float64Array.from({ length: steps }, (_, i) => this.step + i);
    this.step += steps;
    this.#recorder?.push([
      { key: "train/loss", steps: column, values: column.map((step) => 2 / (1 + step) + this.attempt / 1e6) },
      {
        key: "learning-rate",
        steps: column,
        values: column.map((step) => (step === 17 ? Number.NaN : 0.1 * 0.99 ** step)),
      },
    ]);
    const file = { step: this.step, file: `${this.step}.bin`, sha256: "0".repeat(64), bytes: 1 };
    const flushed = checkpoint ? await this.#recorder?.registerCheckpoint(file) : await this.#recorder?.flush();
    if (flushed === "lost" || flushed === undefined) throw new Error("the claim was lost");
    this.#ring({ type: "appended", runId: this.runId, attempt: this.attempt, from: flushed.from, to: flushed.to });
  }

  async finish(outcome: "completed" | "failed"): Promise<void> {
    const failure =
      outcome === "failed" ? { reason: "diverged" as const, message: "The loss became NaN.", step: this.step } : null;
    const summary: RunSummary = { steps: this.step, finalTrainLoss: 0.1, seconds: 2, stepsPerSecond: 150 };
    await api.db.runs.finish(this.runId, this.attempt, { outcome, failure, summary });
    this.#ring({ type: "changed", runId: this.runId });
  }

  #ring(ring: Ring): void {
    api.bus.publish(channels.run(this.runId), { header: JSON.stringify(ring) });
  }
}

const submitted = async (...more: string[]): Promise<Run[]> => {
  const { stdout, stderr, code } = await cli(
    "submit",
    "--schedule",
    "cosine",
    "--rate",
    "0.1",
    "--steps",
    "300",
    "--json",
    ...more,
  );
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  return (JSON.parse(stdout) as { runs: Run[] }).runs;
};

const submitOne = async (...more: string[]): Promise<Run> => {
  const [run] = await submitted(...more);
  if (run === undefined) throw new Error("nothing was submitted");
  return run;
};

describe("the SDK on the real server", () => {
  it("gets answers that fit the contract", async () => {
    const { id: runId } = await submitOne("--study", "Contract", "--seed", "5");
    const worker = new Worker(runId);
    await worker.claim();
    await worker.train(50);
    const etude = client();
    const { studies } = await etude.listStudies();
    const studyId = studies.find(({ name }) => name === "Contract")?.id ?? "";
    operations.listRuns.ok.body.parse(await etude.listRuns({ status: ["running"], limit: 3, studyId, order: "name" }));
    operations.getRun.ok.body.parse(await etude.getRun({ runId }));
    operations.updateRun.ok.body.parse(await etude.updateRun({ runId, body: { tags: { a: "b" } } }));
    operations.listSeries.ok.body.parse(await etude.listSeries({ runId }));
    operations.getLog.ok.body.parse(await etude.getLog({ runId, limit: 5 }));
    operations.getCatalogue.ok.body.parse(await etude.getCatalogue());
    operations.getSession.ok.body.parse(await etude.getSession());
    operations.getInfo.ok.body.parse(await etude.getInfo());
    operations.getStudy.ok.body.parse(await etude.getStudy({ studyId }));
    const schedule = { kind: "cosine", rate: 0.1 } as const;
    operations.previewSchedule.ok.body.parse(await etude.previewSchedule({ body: { schedule, steps: 10 } }));
    const history = await etude.getHistory({ runId, key: ["train/loss", "learning-rate"], from: 10, to: 19 });
    operations.getHistory.ok.body.parse(history);
    expect(history.series.map(({ key, total }) => [key, total])).toEqual([
      ["train/loss", 10],
      ["learning-rate", 10],
    ]);
    const bucketed = await etude.readHistory({ runId, key: "train/loss", width: 5 });
    expect(bucketed).toMatchObject({ type: "points-summarised", runId });
  });

  it("repeats no submission that has the same idempotency key", async () => {
    const first = await submitOne("--idempotency-key", "only-once");
    expect((await submitOne("--idempotency-key", "only-once")).id).toBe(first.id);
  });

  it("follows a run through broken lines and a killed worker, each point once", async () => {
    const { id: runId } = await submitOne();
    const worker = new Worker(runId);
    await worker.claim();
    await worker.train(40, true);
    const buffer = new HistoryBuffer(runId);
    buffer.load(await client().readHistory({ runId }));
    const seen = new Set<string>();
    let rewinds = 0;
    let run: Run | undefined;
    const play = async (): Promise<void> => {
      await worker.train(25);
      cutLines();
      await worker.train(10);
      await worker.claim(); // Goes back to step 40.
      cutLines();
      for (let i = 0; i < 13; i += 1) await worker.train(20, i % 5 === 0);
      await worker.finish("completed");
    };
    let played: Promise<void> | undefined;
    for await (const event of live({
      url,
      key: adminKey,
      runId,
      after: buffer.cursor,
      backoff: { baseMs: 5, capMs: 50 },
    })) {
      // There is a line to break only once it stands.
      if (event.type === "subscribed") played ??= play();
      seen.add(event.type);
      if (event.type === "history-rewound") rewinds += 1;
      buffer.apply(event);
      // News of the end may come before the last points.
      if (event.type === "run-changed" || event.type === "subscribed") run = event.run;
      if (run?.status === "completed" && buffer.points === run.points) break;
    }
    await played;
    expect(seen).toContain("connection-lost");
    expect(rewinds).toBe(1);
    const { series } = await client().getHistory({ runId });
    expect(buffer.keys()).toEqual(series.map(({ key }) => key));
    for (const one of series) {
      if (one.mode !== "exact") throw new Error("the history is not exact");
      const view = buffer.get(one.key);
      expect([...(view?.steps ?? [])]).toEqual(one.points.step);
      expect([...(view?.values ?? [])]).toEqual(one.points.value.map(Number));
      expect(view).toMatchObject({ exact: true, points: 300 });
    }
  });

  it("follows a study, runs that join it later too", async () => {
    const { studyId } = await submitOne("--study", "Growing");
    const stop = new AbortController();
    const runs = new Set<string>();
    for await (const event of live({
      url,
      key: adminKey,
      studyId: studyId ?? "",
      signal: stop.signal,
      backoff: { baseMs: 5, capMs: 50 },
    })) {
      if (event.type !== "subscribed") continue;
      const first = runs.size === 0;
      runs.add(event.run.id);
      if (first) void submitOne("--study", "Growing").then(cutLines);
      if (runs.size === 2) stop.abort();
    }
    expect(runs.size).toBe(2);
  });

  it("refuses a run that there is not, and a key that is none", async () => {
    const runId = "0193a8f0-0000-7000-8000-000000000001";
    await expect(live({ url, key: adminKey, runId }).next()).resolves.toMatchObject({
      value: { type: "connection-opened" },
    });
    const all = async (key: string) => {
      for await (const event of live({ url, key, runId, backoff: { baseMs: 5, capMs: 50 } }))
        expect(event.type).not.toBe("subscribed");
    };
    await expect(all(adminKey)).rejects.toMatchObject({ code: "run_not_found", status: 404 });
    await expect(all("etude_wrong")).rejects.toMatchObject({ code: "unauthenticated", status: 401 });
  });
});

describe("the CLI on the real server", () => {
  it("watch ends with 0 when the run completes, as lines and as JSON", async () => {
    const { id: runId } = await submitOne();
    const worker = new Worker(runId);
    const [lines, json] = [cli("watch", runId), cli("watch", runId, "--json")];
    await worker.claim();
    await worker.train(300);
    await worker.finish("completed");
    expect((await lines).stdout.trim().split("\n").at(-1)).toMatch(/completed {2}step 300\/300 100% {2}train loss/);
    expect((await lines).code).toBe(0);
    const events = (await json).stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; run?: Run; series?: { values: number[] }[] });
    expect(events.findLast(({ run }) => run !== undefined)?.run?.status).toBe("completed");
    const points = events.flatMap(({ type, series = [] }) => (type === "points-appended" ? series : []));
    expect(points.reduce((sum, { values }) => sum + values.length, 0)).toBe(600);
    expect((await json).code).toBe(0);
  });

  it("watch ends with 1 when a run fails, and shows why", async () => {
    const { id: runId } = await submitOne();
    const worker = new Worker(runId);
    await worker.claim();
    await worker.train(10);
    await worker.finish("failed");
    const { code, stdout } = await cli("watch", runId);
    expect(code).toBe(1);
    expect(stdout).toContain("failed: diverged");
    expect(stdout).toContain("The loss became NaN.");
  });

  it("shows, lists, clones, cancels and deletes", async () => {
    const { id: runId, name } = await submitOne("--name", "round trip");
    const worker = new Worker(runId);
    await worker.claim();
    await worker.train(30);
    await api.db.history.appendLog(runId, worker.attempt, [{ level: "info", message: "hello" }]);
    await worker.finish("completed");
    expect((await cli("log", "round trip")).stdout).toMatch(/ info {2}hello\n$/);
    const show = (await cli("show", runId.slice(-8))).stdout;
    expect(show).toContain(runId);
    expect(show).toMatch(/learning-rate +30 +0\.07472/);
    const csv = (await cli("show", runId, "--history", "learning-rate", "--csv")).stdout.trim().split("\n");
    expect(csv).toHaveLength(31);
    expect(csv[18]).toBe("learning-rate,17,NaN");
    const copy = JSON.parse(
      (await cli("clone", runId, "--set", "schedule.rate=0.05", "--set", "seed=9", "--json")).stdout,
    ) as Run;
    expect(copy.spec).toMatchObject({ seed: 9, schedule: { kind: "cosine", rate: 0.05 } });
    expect(copy.clonedFrom).toBe(runId);
    expect((await cli("cancel", copy.id)).stdout).toContain("cancelled");
    expect((await cli("cancel", copy.id)).code).toBe(0);
    expect((await cli("retry", copy.id)).stdout).toContain("queued");
    expect((await cli("delete", copy.id, "--yes")).code).toBe(3);
    expect((await cli("delete", runId, "--yes")).stdout).toContain(`${name}  deleted`);
    expect((await cli("show", runId)).code).toBe(3);
    expect((await cli("list", "-q", "round trip", "--json")).stdout).not.toContain(runId);
  });

  it.each([
    [["--schedule", "greed"], "schedule"],
    [["--schedule", "constant", "--rate", "-1"], "schedule.rate"],
    [["--schedule", "constant", "--rate", "0.1", "--steps", "0"], "budget"],
    [["--schedule", "constant", "--rate", "0.1", "--set", "nonsense=1"], "nonsense"],
    [["--schedule", "constant", "--rate", "0.1", "--seed", "1,-2"], "runs[1].seed"],
  ])("submit %j is refused with the field's name", async (options, field) => {
    const { code, stdout, stderr } = await cli("submit", ...options);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(field);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("keys are made, used for their scope only, listed and revoked", async () => {
    const key = (await cli("keys", "create", "reader", "--scope", "read")).stdout.trim();
    const reader = (...argv: string[]) => runCli([...argv, "--url", url, "--key", key]);
    expect((await reader("list")).code).toBe(0);
    const refused = await reader("submit", "--schedule", "constant", "--rate", "0.1");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("write");
    expect((await cli("keys", "list")).stdout).toMatch(/reader {2}read /);
    expect((await cli("keys", "revoke", "reader")).stdout).toContain("revoked");
    expect((await reader("list")).code).toBe(3);
    const without = await runCli(["list", "--url", url]);
    expect(without.code).toBe(3);
    expect(without.stderr).toContain("etude keys create");
  });

  it("login keeps the key for later commands", async () => {
    const configFile = join(mkdtempSync(join(tmpdir(), "etude-cli-")), "config.json");
    expect((await runCli(["login", "--url", url], { configFile, stdin: `${adminKey}\n` })).code).toBe(0);
    expect((await runCli(["list", "--json"], { configFile })).code).toBe(0);
    expect((await runCli(["login", "--url", url, "--key", "etude_wrong"], { configFile })).code).toBe(3);
    expect((await runCli(["list", "--json"], { configFile })).code).toBe(0);
  });
});
