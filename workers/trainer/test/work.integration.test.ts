/** Work of the learning package as queued runs: it survives kills and leaves its artifacts. */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { StudyPlanInput } from "@etude/contracts";
import type { StudyReport } from "@etude/learning";
import { createBlobs } from "@etude/service";
import { expect, it } from "vitest";
import { childrenOf, completed, dataDir, db, deliver, startSupervisor, submit, waitFor } from "./kit/supervised.ts";

const seeds = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

const plan: StudyPlanInput = {
  name: "cosine and constant",
  problems: [
    { id: "quadratic", problem: "quadratic-noisy", steps: 100, protocol: "small", rates: [0.001, 0.003, 0.01] },
    { id: "softmax", problem: "softmax-digits", steps: 400, protocol: "small", rates: [0.03, 0.1, 0.3] },
  ],
  protocols: { small: { tuningSeeds: [1, 2], evaluationSeeds: seeds(10, 20) } },
  entrants: [
    { id: "cosine", title: "cosine", role: "fixed", settings: [{ kind: "cosine" }] },
    { id: "constant", title: "constant", role: "fixed", control: true, settings: [{ kind: "constant" }] },
  ],
};

const blobs = createBlobs({ blobs: pathToFileURL(join(dataDir, "blobs")).href });

async function reportOf(runId: string): Promise<StudyReport> {
  const artifacts = await db.artifacts.list(runId);
  expect(artifacts.map(({ name }) => name)).toEqual(expect.arrayContaining(["plan.json", "report.json", "report.md"]));
  const { sha256 } = artifacts.find(({ name }) => name === "report.json")!;
  return JSON.parse(new TextDecoder().decode((await blobs.get(sha256))!)) as StudyReport;
}

/** What does not depend on the machine's speed. */
const results = ({ problems, headlines, planHash }: StudyReport) => ({
  planHash,
  headlines,
  problems: problems.map(({ rows, ...problem }) => ({
    ...problem,
    rows: rows.map((row) => ({ ...row, microsecondsPerStep: null })),
  })),
});

it("runs a study to the same report, undisturbed or killed on the way", async () => {
  const supervisor = startSupervisor("../src/main.ts");
  const { id } = await submit({ kind: "study", plan });
  const run = await waitFor(id, completed);
  expect(run).toMatchObject({ status: "completed", failure: null, backend: null, parameters: null });
  expect(run.summary?.steps).toBeGreaterThanOrEqual(run.horizon!);
  const report = await reportOf(id);
  const [quadratic] = report.problems;
  const finals = new Map(quadratic!.rows.map(({ entrant, trainLoss }) => [entrant, trainLoss!]));
  expect(finals.get("cosine")!).toBeLessThan(finals.get("constant")!);

  const killed = await submit({ kind: "study", plan });
  await waitFor(killed.id, ({ status, step }) => status === "running" && step > 5);
  for (const child of childrenOf(supervisor)) process.kill(child, "SIGKILL");
  expect(await waitFor(killed.id, completed)).toMatchObject({ status: "completed", attempt: 2 });
  expect(results(await reportOf(killed.id))).toEqual(results(report));
});

it("pauses with what it has, goes on with it, and is cancelled between two runs", async () => {
  startSupervisor("../src/main.ts");
  const { id } = await submit({ kind: "study", plan });
  await waitFor(id, ({ status, step }) => status === "running" && step > 5);
  await db.runs.requestPause(id);
  const paused = await waitFor(id, ({ status }) => status === "paused");
  expect(paused.step).toBeGreaterThan(5);
  const [checkpoint] = (await db.runs.checkpoints(id)).slice(-1);
  expect(checkpoint?.step).toBe(paused.step);
  const { attempt } = await db.runs.resume(id);
  await deliver(await db.runs.get(id));
  await waitFor(id, (run) => run.status === "running" && run.attempt === attempt + 1);
  await sleep(100);
  await db.runs.requestCancel(id);
  expect(await waitFor(id, ({ status }) => status === "cancelled")).toMatchObject({ failure: null });
});
