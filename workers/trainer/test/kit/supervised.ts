/** A supervisor in a process of its own, with a real queue and a real database. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import { type Run, RunSpec, type RunSpecInput, type TrainingSpecInput } from "@etude/contracts";
import { createDatabase } from "@etude/db";
import { createLogger, createQueueing, prepareQueue } from "@etude/service";
import { temporaryFolder, withDatabase } from "../../../../test/kit/index.ts";
import { isClock } from "./trainer.ts";

export const { url, pool } = await withDatabase();
export const dataDir = temporaryFolder();
export const logger = createLogger({ logLevel: "silent" }, "test");
await prepareQueue({ pgUrl: url });
export const db = createDatabase({ url, poolSize: 4 });
export const queueing = createQueueing({ pgUrl: url }, logger);

export const running = new Set<ChildProcess>();
export function startSupervisor(file: string, env: Record<string, string> = {}): ChildProcess {
  const child = spawn(
    process.execPath,
    ["--conditions=source", "--import", "tsx", fileURLToPath(new URL(`../${file}`, import.meta.url))],
    {
      env: {
        ...process.env,
        DATABASE_URL: url,
        REDIS_URL: "",
        ETUDE_DATA_DIR: dataDir,
        ETUDE_WORKERS: "1",
        ETUDE_FLUSH_MS: "100",
        ETUDE_LEASE_MS: "2000",
        ETUDE_LOG_LEVEL: "error",
        ...env,
      },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}
export const exited = (child: ChildProcess): Promise<string | number | null> =>
  new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
export const childrenOf = ({ pid }: ChildProcess): number[] =>
  execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("child.ts"))
    .map((line) => Number.parseInt(line, 10));

afterEach(async () => {
  await Promise.all([...running].map((child) => (child.kill("SIGKILL"), exited(child))));
});

export const spec = (changes: Partial<TrainingSpecInput> = {}): TrainingSpecInput => ({
  kind: "training",
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "momentum" },
  schedule: { kind: "cosine", rate: 0.05 },
  budget: { steps: 1500 },
  evaluateEvery: 100,
  seed: 5,
  checkpoint: { everySteps: 200 },
  ...changes,
});

export async function submit(input: RunSpecInput): Promise<Run> {
  const { runs } = await db.runs.create([{ spec: RunSpec.parse(input) }]);
  const run = runs[0] as Run;
  await deliver(run);
  return run;
}
export async function deliver(run: Run): Promise<void> {
  await queueing.add("cpu", { runId: run.id, attempt: run.attempt + 1 });
}
export async function waitFor(runId: string, until: (run: Run) => boolean, seconds = 60): Promise<Run> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const run = await db.runs.get(runId);
    if (until(run)) return run;
    if (Date.now() > end)
      throw new Error(`run is still ${run.status} at step ${run.step}: ${run.failure?.message ?? ""}`);
    await sleep(20);
  }
}
export const completed = (run: Run): boolean => run.status === "completed" || run.status === "failed";
export const pastStep = (step: number) => (run: Run) => run.status === "running" && run.step >= step;

export async function exactHistory(runId: string): Promise<Record<string, number[][]>> {
  const { series } = await db.history.readHistory(runId, {});
  const kept = series.filter(({ key }) => !isClock(key));
  return Object.fromEntries(
    kept.map((one) => [one.key, one.mode === "exact" ? [[...one.points.steps], [...one.points.values]] : []]),
  );
}
