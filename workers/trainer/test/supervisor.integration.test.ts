/** The supervisor with a real queue, a real database and real trainer children. */
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { channels, type Run } from "@etude/contracts";
import { createBus } from "@etude/service";
import { chosenBackend } from "./kit/native.ts";
import {
  childrenOf,
  completed,
  dataDir,
  db,
  deliver,
  exactHistory,
  exited,
  logger,
  pastStep,
  pool,
  running,
  spec,
  startSupervisor,
  submit,
  url,
  waitFor,
} from "./kit/supervised.ts";

const bus = createBus({ pgUrl: url }, logger);
const chatter = new URL("kit/chatter.mjs", import.meta.url).href;

describe("a supervisor", () => {
  it("trains a run, records every step and reports what it used", async () => {
    startSupervisor("../src/main.ts");
    const { id } = await submit(spec());
    const run = await waitFor(id, completed);
    expect(run).toMatchObject({ status: "completed", attempt: 1, step: 1500, horizon: 1500, failure: null });
    expect(run.backend).toMatchObject(chosenBackend);
    expect(run.summary).toMatchObject({ steps: 1500 });
    expect(Number(run.summary?.finalAccuracy)).toBeGreaterThan(0.95);
    const history = await exactHistory(id);
    expect(history["learning-rate"]?.[0]).toHaveLength(1500);
    expect(history["train/loss"]?.[0]).toHaveLength(1500);
    expect(history["validation/loss"]?.[0]?.at(-1)).toBe(1499);
  });

  it("ends with the same history when the child, or the whole supervisor, is killed on the way", async () => {
    const first = startSupervisor("../src/main.ts");
    const reference = await submit(spec());
    await waitFor(reference.id, completed);
    const undisturbed = await exactHistory(reference.id);

    const childKilled = await submit(spec());
    await waitFor(childKilled.id, pastStep(300));
    process.kill(childrenOf(first)[0] as number, "SIGKILL");
    expect(await waitFor(childKilled.id, completed)).toMatchObject({ status: "completed", attempt: 2 });
    expect(await exactHistory(childKilled.id)).toEqual(undisturbed);

    const allKilled = await submit(spec());
    await waitFor(allKilled.id, pastStep(300));
    const orphan = childrenOf(first)[0] as number;
    first.kill("SIGKILL");
    await exited(first);
    for (let tries = 0; tries < 100; tries += 1) {
      await sleep(20);
      try {
        process.kill(orphan, 0);
      } catch {
        break;
      }
    }
    expect(() => process.kill(orphan, 0)).toThrow(/ESRCH/);
    startSupervisor("../src/main.ts");
    await sleep(2100);
    const [lost] = await db.runs.recoverLost();
    expect(lost?.id).toBe(allKilled.id);
    await deliver(lost as Run);
    expect(await waitFor(allKilled.id, completed)).toMatchObject({ status: "completed", attempt: 2 });
    expect(await exactHistory(allKilled.id)).toEqual(undisturbed);
  });

  it("resumes from the last registered checkpoint when it dies between a file and its registration", async () => {
    startSupervisor("../src/main.ts");
    const reference = await submit(spec());
    await waitFor(reference.id, completed);
    for (const child of running) child.kill("SIGKILL");

    const dying = startSupervisor("./kit/dying-supervisor.ts", { KILL_AT_CHECKPOINT: "3" });
    const { id } = await submit(spec());
    expect(await exited(dying)).toBe("SIGKILL");
    await sleep(2100);
    const [lost] = await db.runs.recoverLost();
    startSupervisor("../src/main.ts");
    await deliver(lost as Run);
    const resumed = await waitFor(id, (run) => run.attempt === 2);
    expect(resumed.step).toBeGreaterThanOrEqual(400);
    await waitFor(id, completed);
    expect(await exactHistory(id)).toEqual(await exactHistory(reference.id));
    const { series } = await db.history.readHistory(id, { keys: ["train/loss"] });
    expect(series[0]?.total).toBe(1500);
  });

  it("takes the checkpoint before when the last one is damaged on disk", async () => {
    const supervisor = startSupervisor("../src/main.ts");
    const reference = await submit(spec());
    await waitFor(reference.id, completed);
    const { id } = await submit(spec());
    await waitFor(id, pastStep(700));
    supervisor.kill("SIGTERM");
    expect(await exited(supervisor)).toBe(0);
    const paused = await db.runs.get(id);
    expect(paused.status).toBe("queued");
    // The newest blob is the checkpoint of the drain.
    const blobs = execFileSync(
      "sh",
      ["-c", `find '${join(dataDir, "blobs")}' -type f -printf '%T@ %p\\n' | sort -n | tail -1 | cut -d' ' -f2-`],
      { encoding: "utf8" },
    ).trim();
    writeFileSync(blobs, "damaged");
    startSupervisor("../src/main.ts");
    const end = await waitFor(id, completed);
    expect(end).toMatchObject({ status: "completed" });
    expect(end.attempt).toBeGreaterThanOrEqual(3);
    expect(await exactHistory(id)).toEqual(await exactHistory(reference.id));
  });

  it("cancels within a step, also when the ring is lost", async () => {
    startSupervisor("../src/main.ts");
    for (const ring of [true, false]) {
      const { id } = await submit(spec({ budget: { steps: 1_000_000 } }));
      await waitFor(id, pastStep(100));
      const cancelling = await db.runs.requestCancel(id);
      expect(cancelling.status).toBe("cancelling");
      if (ring) bus.publish(channels.control(id), { header: JSON.stringify({ type: "cancel", runId: id }) });
      const run = await waitFor(id, (run) => run.status === "cancelled");
      expect(run.points).toBeGreaterThan(0);
    }
  });

  it("pauses at a checkpoint, also when the ring is lost, and resumes to the numbers of an undisturbed run", async () => {
    startSupervisor("../src/main.ts");
    const long = spec({ budget: { steps: 6000 } });
    const reference = await submit(long);
    await waitFor(reference.id, completed);
    const { id } = await submit(long);
    for (const [ring, step] of [
      [true, 150],
      [false, 1500],
    ] as const) {
      await waitFor(id, pastStep(step));
      await db.runs.requestPause(id);
      if (ring) bus.publish(channels.control(id), { header: JSON.stringify({ type: "pause", runId: id }) });
      const paused = await waitFor(id, ({ status }) => status === "paused");
      expect(paused).toMatchObject({ failure: null, endedAt: null, summary: { steps: paused.step } });
      const resumed = await db.runs.resume(id);
      await deliver(resumed);
      const running = await waitFor(id, ({ attempt }) => attempt > paused.attempt);
      expect(running.step).toBeGreaterThanOrEqual(paused.step);
    }
    expect(await waitFor(id, completed)).toMatchObject({ status: "completed", attempt: 3 });
    expect(await exactHistory(id)).toEqual(await exactHistory(reference.id));
  });

  it("hands a run back on SIGTERM, for the next supervisor to go on exactly there", async () => {
    const first = startSupervisor("../src/main.ts");
    const { id } = await submit(spec({ budget: { steps: 4000 }, checkpoint: { everySteps: 100_000 } }));
    await waitFor(id, pastStep(300));
    first.kill("SIGTERM");
    expect(await exited(first)).toBe(0);
    const handedBack = await db.runs.get(id);
    expect(handedBack).toMatchObject({ status: "queued", attempt: 1, failure: null });
    startSupervisor("../src/main.ts");
    const running = await waitFor(id, ({ attempt }) => attempt === 2);
    expect(running.step).toBeGreaterThanOrEqual(handedBack.step);
    await waitFor(id, completed);
    const { series } = await db.history.readHistory(id, { keys: ["train/loss"] });
    expect(series[0]?.total).toBe(4000);
    expect((await db.runs.events(id)).map(({ why }) => why)).toContain("the worker is shutting down");
  });

  it("fails a run whose process dies three times without progress, and keeps its log and history", async () => {
    const supervisor = startSupervisor("../src/main.ts");
    const { id } = await submit(spec({ budget: { steps: 1_000_000 }, checkpoint: { everySeconds: 3600 } }));
    for (const attempt of [1, 2, 3]) {
      await waitFor(id, (run) => run.attempt === attempt && pastStep(50)(run));
      process.kill(childrenOf(supervisor)[0] as number, "SIGKILL");
    }
    const run = await waitFor(id, completed);
    expect(run).toMatchObject({ status: "failed", attempt: 3, failure: { reason: "lost-worker" } });
    expect(run.failure?.message).toContain("died 3 times");
    expect(run.points).toBeGreaterThan(0);
    const ends = (await db.history.readLog(id)).filter(({ message }) => message.includes("ended (SIGKILL)"));
    expect(ends.map(({ attempt, level }) => [attempt, level])).toEqual([1, 2, 3].map((attempt) => [attempt, "warn"]));
  });

  it("says that the process ran out of memory, and keeps its last words", async () => {
    startSupervisor("./kit/dying-supervisor.ts", { CHILD_NODE_OPTIONS: "--max-old-space-size=24" });
    const { id } = await submit(spec());
    const run = await waitFor(id, completed);
    expect(run).toMatchObject({ status: "failed", attempt: 1, failure: { reason: "out-of-memory" } });
    expect(run.failure?.message).toMatch(/FATAL ERROR: .*heap out of memory/);
    const lines = await db.history.readLog(id);
    expect(lines.some(({ level, message }) => level === "warn" && message.includes("heap out of memory"))).toBe(true);
  });

  it("keeps what a child prints and warns of, in few commits however much it is", async () => {
    startSupervisor("./kit/dying-supervisor.ts", { CHILD_NODE_OPTIONS: `--import=${chatter}` });
    const { id } = await submit(spec());
    await waitFor(id, completed);
    const lines = await db.history.readLog(id, 0, 5000);
    expect(lines.find(({ message }) => message === "a native library speaks")).toMatchObject({ level: "warn" });
    expect(lines.find(({ message }) => message === "printed 0")).toMatchObject({ level: "info", attempt: 1 });
    const dropped = lines.flatMap(({ message }) => /^(\d+) log lines were dropped/.exec(message)?.[1] ?? []);
    expect(dropped.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(3000);
    const printed = lines.filter(({ message }) => message.startsWith("printed ")).length;
    expect(printed + dropped.reduce((sum, count) => sum + Number(count), 0)).toBeGreaterThanOrEqual(20_000);
    const commits = await pool.query("select count(distinct at)::int as n from run_log where run_id = $1", [id]);
    expect(Number(commits.rows[0]?.n)).toBeLessThan(lines.length / 5);
  });

  it("keeps the history of a run that diverges and says so", async () => {
    startSupervisor("../src/main.ts");
    const { id } = await submit(
      spec({
        optimizer: { kind: "sgd" },
        schedule: { kind: "constant", rate: 1e9 },
        model: { kind: "mlp", hidden: [32, 32] },
      }),
    );
    const run = await waitFor(id, completed);
    expect(run).toMatchObject({ status: "failed", failure: { reason: "diverged" } });
    const history = await exactHistory(id);
    expect(history["train/loss"]?.[1]?.some((loss) => !Number.isFinite(loss))).toBe(true);
  });

  it("leaves no scratch files behind", () => {
    const left = readdirSync(join(dataDir, "scratch"), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(left.map(({ name }) => name)).toEqual([]);
  });
});
