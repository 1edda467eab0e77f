import { type PointColumns, type Run, RunSpec, type RunSpecInput } from "@etude/contracts";
import type { Claim, Database, Recorder } from "@etude/db";

/** A small valid spec, with changes. */
export const spec = (changes: Partial<RunSpecInput> = {}): RunSpec =>
  RunSpec.parse({
    dataset: { kind: "digits" },
    model: { kind: "mlp" },
    optimizer: { kind: "sgd" },
    schedule: { kind: "constant", rate: 0.1 },
    budget: { steps: 100 },
    ...changes,
  });

export async function newRun(db: Database, changes: Partial<RunSpecInput> = {}): Promise<Run> {
  const { runs } = await db.runs.create([{ spec: spec(changes) }]);
  return runs[0]!;
}

/** Claims the run's next attempt. */
export async function claimNext(db: Database, runId: string, leaseMs = 60_000): Promise<Claim> {
  const run = await db.runs.get(runId);
  const claim = await db.runs.claim({ runId: run.id, attempt: run.attempt + 1 }, { worker: "w", leaseMs });
  if (!claim) throw new Error(`run ${runId} could not be claimed at status ${run.status}`);
  return claim;
}

export async function recorderOf(db: Database, { run, attempt }: Claim): Promise<Recorder> {
  const recorder = await db.openRecorder(run.id, attempt);
  if (recorder === "lost") throw new Error("the claim does not hold");
  return recorder;
}

/** A new run, claimed, with its recorder. */
export async function recording(db: Database): Promise<{ runId: string; claim: Claim; recorder: Recorder }> {
  const run = await newRun(db);
  const claim = await claimNext(db, run.id);
  return { runId: run.id, claim, recorder: await recorderOf(db, claim) };
}

/** Points of one series. */
export const points = (key: string, steps: readonly number[], value: (step: number) => number): PointColumns => ({
  key,
  steps: Float64Array.from(steps),
  values: Float64Array.from(steps, value),
});

/** from, from + stride, …: n of them. */
export const range = (n: number, from = 0, stride = 1): number[] =>
  Array.from({ length: n }, (_, i) => from + i * stride);
