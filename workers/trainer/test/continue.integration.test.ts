/** Runs that go on: from another run's checkpoint, after kills at any moment, on a machine without their backend. */
import { randomStream } from "@etude/catalog";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createBlobs } from "@etude/service";
import { describe, expect, it } from "vitest";
import type { Run } from "@etude/contracts";
import {
  childrenOf,
  completed,
  dataDir,
  db,
  deliver,
  exactHistory,
  pastStep,
  pool,
  spec,
  startSupervisor,
  submit,
  waitFor,
} from "./kit/supervised.ts";

const kept = { everySteps: 100, keep: "all" } as const;
const short = { budget: { steps: 300 }, evaluateEvery: 100, checkpoint: kept } as const;

const origin = async (run: string, step: number) => {
  const found = await db.runs.checkpointAt(run, step);
  if (!found) throw new Error(`no checkpoint at ${step}`);
  return { run: run as Run["id"], step, checkpoint: found.sha256, bytes: found.bytes };
};

describe("a run that continues another", () => {
  it("has its numbers from there on where nothing else changed, and its own schedule where that did", async () => {
    startSupervisor("../src/main.ts");
    const constant = { schedule: { kind: "constant", rate: 0.05 }, ...short } as const;
    const source = await submit(spec(constant));
    await waitFor(source.id, completed);
    expect((await db.runs.checkpoints(source.id)).map(({ step }) => step)).toEqual([100, 200, 300]);
    const whole = await exactHistory(source.id);

    const same = await submit(spec({ ...constant, continueFrom: await origin(source.id, 200) }));
    expect(await waitFor(same.id, completed)).toMatchObject({ status: "completed", step: 300 });
    const rest = await exactHistory(same.id);
    for (const key of ["train/loss", "validation/loss", "learning-rate", "examples-seen"]) {
      const [steps, values] = whole[key]!;
      const from = steps!.findIndex((step) => step >= 200);
      expect([key, rest[key]]).toEqual([key, [steps!.slice(from), values!.slice(from)]]);
    }

    const schedule = { kind: "linear", rate: 0.02 } as const;
    const longer = { ...constant, schedule, budget: { steps: 500 } };
    const forked = await submit(spec({ ...longer, continueFrom: await origin(source.id, 300) }));
    await waitFor(forked.id, completed);
    const [steps, rates] = (await exactHistory(forked.id))["learning-rate"]!;
    expect([steps![0], steps!.at(-1), rates![0]]).toEqual([300, 499, 0.02]);
    expect(rates![100]).toBeCloseTo(0.01, 12);

    // Another optimizer keeps other state: the weights go on, the state starts anew.
    const adam = { ...longer, optimizer: { kind: "adam" }, schedule: { kind: "constant", rate: 1e-3 } } as const;
    const other = await submit(spec({ ...adam, continueFrom: await origin(source.id, 300) }));
    await waitFor(other.id, completed);
    const losses = (await exactHistory(other.id))["train/loss"]![1]!;
    expect(Math.max(...losses)).toBeLessThan(0.5 * whole["train/loss"]![1]![0]!);
  });

  it("keeps its checkpoint when the other run is deleted, and says so when its bytes are lost", async () => {
    startSupervisor("../src/main.ts");
    const source = await submit(spec(short));
    await waitFor(source.id, completed);
    const continueFrom = await origin(source.id, 200);
    const { runs } = await db.runs.create([{ spec: { ...source.spec, continueFrom } as Run["spec"] }]);
    const { blobs } = await db.runs.remove(source.id);
    expect(await db.artifacts.unreferenced(blobs)).not.toContain(continueFrom.checkpoint);
    await deliver(runs[0]!);
    expect(await waitFor(runs[0]!.id, completed)).toMatchObject({ status: "completed" });

    const lost = await submit(spec({ ...short, continueFrom: { ...continueFrom, checkpoint: "0".repeat(64) } }));
    expect(await waitFor(lost.id, completed)).toMatchObject({
      status: "failed",
      failure: { reason: "invalid-data", message: expect.stringContaining("is gone") as string },
    });
  });
});

it("ends with the history of an undisturbed run when its process is killed at random moments", async () => {
  const supervisor = startSupervisor("../src/main.ts");
  const often = spec({ schedule: { kind: "greedy", rate: 0.05 }, checkpoint: { everySteps: 40 } });
  const reference = await submit(often);
  await waitFor(reference.id, completed);
  const undisturbed = await exactHistory(reference.id);
  const random = randomStream(20_261_124, "kills");
  for (let round = 0; round < 4; round++) {
    const { id } = await submit(often);
    for (let kill = 0; kill < 3; kill++) {
      // Anywhere: while the process loads, resumes, trains, or writes and registers a checkpoint.
      await waitFor(id, (run) => run.status !== "queued");
      await sleep(random.uniform() * 700);
      for (const child of childrenOf(supervisor)) process.kill(child, "SIGKILL");
    }
    await waitFor(id, (run) => completed(run) || run.status === "queued", 60);
    const run = await waitFor(id, completed);
    // Three deaths without a checkpoint between them are a poisoned run by rule; its points stand all the same.
    if (run.failure?.reason === "lost-worker") {
      const { run: again } = await db.runs.retry(id, "checkpoint");
      await deliver(again);
      await waitFor(id, (now) => now.status === "completed");
    }
    expect(await exactHistory(id)).toEqual(undisturbed);
  }
});

/** A checkpoint as a machine with another backend would have written it. */
function writtenOn(backend: string, bytes: Uint8Array): Buffer {
  const content = Buffer.from(bytes).subarray(0, -32);
  const body = 12 + content.readUInt32LE(8);
  const header = { ...(JSON.parse(content.toString("utf8", 12, body)) as object), backend };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const changed = Buffer.concat([content.subarray(0, 8), length, json, content.subarray(body)]);
  return Buffer.concat([changed, createHash("sha256").update(changed).digest()]);
}

it("starts again, and says so, where the backend of its checkpoint is not to be had", async () => {
  startSupervisor("../src/main.ts");
  const reference = await submit(spec());
  await waitFor(reference.id, completed);
  const { id } = await submit(spec());
  await waitFor(id, pastStep(500));
  await db.runs.requestPause(id);
  await waitFor(id, (run) => run.status === "paused");
  const blobs = createBlobs({ blobs: pathToFileURL(join(dataDir, "blobs")).href });
  const checkpoint = (await db.runs.checkpointAt(id))!;
  const foreign = writtenOn("webgpu", (await blobs.get(checkpoint.sha256))!);
  await pool.query("update checkpoint set sha256 = $2, bytes = $3 where run_id = $1 and step = $4", [
    id,
    await blobs.put(foreign),
    foreign.length,
    checkpoint.step,
  ]);
  await deliver(await db.runs.resume(id));
  expect(await waitFor(id, completed)).toMatchObject({ status: "completed", step: 1500 });
  const log = await db.history.readLog(id);
  expect(log.map(({ message }) => message)).toContainEqual(expect.stringContaining("began on webgpu"));
  expect(await exactHistory(id)).toEqual(await exactHistory(reference.id));
});
