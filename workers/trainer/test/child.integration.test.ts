import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainingSpecInput } from "@etude/contracts";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { chosenBackend } from "./kit/native.ts";
import { spec } from "./kit/spec.ts";
import { historiesOf, isClock, runId, Trainer } from "./kit/trainer.ts";

type ModelInput = TrainingSpecInput["model"];

let trainer: Trainer | undefined;
let folder: string;

/** A warm process where the last test left one, as in production. */
const ready = async (): Promise<Trainer> => {
  if (trainer?.alive) trainer.messages.length = 0;
  else {
    trainer = new Trainer();
    await trainer.until("trainer-ready");
  }
  trainer.acknowledges = true;
  return trainer;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "etude-trainer-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => trainer?.stop());

const long = spec({ budget: { steps: 1_000_000 }, evaluateEvery: 1000 });
const stepsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test("trains two runs one after the other in a warm process and reports every step once", async () => {
  const trainer = await ready();
  for (const model of [{ kind: "mlp" }, { kind: "cnn", filters: [8] }] satisfies ModelInput[]) {
    const from = trainer.messages.length;
    trainer.start(spec({ model, checkpoint: { everySteps: 25 } }), folder);
    const end = await trainer.until("training-end", from);
    expect(end).toMatchObject({ outcome: "completed", failure: null, summary: { steps: 60 } });
    const messages = trainer.messages.slice(from);
    const started = messages.find((message) => message.type === "training-started");
    expect(started).toMatchObject({ horizon: 60, backend: chosenBackend });
    const histories = historiesOf(messages);
    for (const key of ["train/loss", "learning-rate", "gradient-norm", "train/accuracy"]) {
      expect(histories.get(key)!.steps, key).toEqual(stepsOf(60));
    }
    expect(histories.get("validation/loss")!.steps).toEqual([19, 39, 59]);
    expect(histories.has("learning-rate/planned")).toBe(false);
    const written = messages.flatMap((message) => (message.type === "checkpoint-written" ? [message.step] : []));
    expect(written).toEqual([25, 50]);
  }
});

test("a checkpoint is announced after all points of the steps before it", async () => {
  const trainer = await ready();
  trainer.start(spec({ checkpoint: { everySteps: 20 } }), folder, { flushEveryMs: 60_000 });
  await trainer.until("training-end");
  const at = trainer.messages.findIndex((message) => message.type === "checkpoint-written");
  expect(historiesOf(trainer.messages.slice(0, at)).get("train/loss")!.steps).toEqual(stepsOf(20));
});

test("cancels within a moment and is ready for the next run", async () => {
  const trainer = await ready();
  trainer.start(long, folder);
  await trainer.until("points");
  trainer.send({ type: "training-cancel" });
  const end = await trainer.until("training-end");
  expect(end.outcome).toBe("cancelled");
  const { steps } = historiesOf(trainer.messages).get("train/loss")!;
  expect(steps).toEqual(stepsOf(end.summary!.steps));
  const from = trainer.messages.length;
  trainer.start(spec(), folder);
  expect((await trainer.until("training-end", from)).outcome).toBe("completed");
});

test("pauses, and another process resumes to the same history", async () => {
  const trainer = await ready();
  const run = spec({ budget: { steps: 1500 }, evaluateEvery: 100, model: { kind: "mlp", hidden: [16], dropout: 0.2 } });
  trainer.start(run, folder);
  await trainer.until("points");
  trainer.send({ type: "training-pause" });
  const paused = await trainer.until("training-end");
  expect(paused.outcome).toBe("paused");
  const { type: _, ...checkpoint } = await trainer.until("checkpoint-written");
  expect(checkpoint.step).toBe(paused.summary!.steps);
  const firstPart = trainer.messages;

  const second = new Trainer();
  second.start(run, folder, { resume: checkpoint });
  expect((await second.until("training-end")).outcome).toBe("completed");
  const resumed = historiesOf([...firstPart, ...second.messages]);
  const from = second.messages.length;
  second.start(run, folder);
  await second.until("training-end", from);
  const straight = historiesOf(second.messages.slice(from));
  second.stop();
  for (const key of straight.keys()) {
    if (!isClock(key)) expect(resumed.get(key), key).toEqual(straight.get(key));
  }
});

test("a kill costs no point: resumed from its last checkpoint the run ends with the numbers of an undisturbed one", async () => {
  const trainer = await ready();
  const model: ModelInput = { kind: "cnn", filters: [8] };
  const run = spec({ model, budget: { steps: 400 }, evaluateEvery: 50, checkpoint: { everySteps: 60 } });
  trainer.start(run, folder, { flushEveryMs: 0 });
  const { type: _, ...checkpoint } = await trainer.until("checkpoint-written", 0, ({ step }) => step >= 120);
  trainer.stop();
  await trainer.exited;
  const before = historiesOf(trainer.messages);

  const second = new Trainer();
  second.start(run, folder, { resume: checkpoint });
  await second.until("training-end");
  const after = historiesOf(second.messages);
  const from = second.messages.length;
  second.start(run, folder);
  await second.until("training-end", from);
  const straight = historiesOf(second.messages.slice(from));
  second.stop();
  for (const [key, { steps, values }] of straight) {
    if (isClock(key)) continue;
    const cut = before.get(key)!.steps.filter((step) => step < checkpoint.step).length;
    expect([...before.get(key)!.steps.slice(0, cut), ...after.get(key)!.steps], key).toEqual(steps);
    expect([...before.get(key)!.values.slice(0, cut), ...after.get(key)!.values], key).toEqual(values);
  }
});

test("an unexpected error ends the run as failed, and then this process", async () => {
  const trainer = await ready();
  trainer.send({
    type: "training-start",
    runId,
    attempt: 1,
    // No model: what follows is no refusal that the trainer knows.
    spec: { kind: "training", backend: "cpu" },
    folder,
    resume: null,
    curves: {},
    inputs: {},
    policy: null,
    flushEveryMs: 50,
  } as never);
  const end = await trainer.until("training-end");
  expect(end).toMatchObject({ outcome: "failed", failure: { reason: "error" } });
  expect(await trainer.exited).toBe(0);
});

test("refuses a damaged checkpoint with a clear message", async () => {
  const trainer = await ready();
  trainer.start(long, folder);
  await trainer.until("points");
  trainer.send({ type: "training-pause" });
  await trainer.until("training-end");
  const { type: _, ...checkpoint } = await trainer.until("checkpoint-written");
  const bytes = readFileSync(checkpoint.file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(checkpoint.file, bytes);
  const from = trainer.messages.length;
  trainer.start(long, folder, { resume: checkpoint });
  const end = await trainer.until("training-end", from);
  expect(end).toMatchObject({ outcome: "failed", failure: { reason: "error" } });
  expect(end.failure!.message).toContain("is damaged");
});

test("waits when 64 batches are not acknowledged, and still obeys a cancel", async () => {
  const trainer = await ready();
  trainer.acknowledges = false;
  trainer.start(long, folder, { flushEveryMs: 0 });
  await trainer.until("points", 0, ({ batch }) => batch === 64);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(trainer.messages.filter(({ type }) => type === "points").length).toBe(64);
  trainer.send({ type: "points-acknowledged", batch: 10 });
  await trainer.until("points", 0, ({ batch }) => batch === 74);
  trainer.send({ type: "training-cancel" });
  expect((await trainer.until("training-end")).outcome).toBe("cancelled");
});

test("removes its older checkpoint files once a newer one is registered", async () => {
  const trainer = await ready();
  trainer.start(spec({ budget: { steps: 100_000 }, checkpoint: { everySteps: 50 } }), folder);
  const { step } = await trainer.until("checkpoint-written", 0, (message) => message.step >= 150);
  trainer.send({ type: "checkpoint-registered", step });
  await trainer.until("checkpoint-written", 0, (message) => message.step >= step + 100);
  const kept = readdirSync(folder).map((name) => Number(/-(\d+)\.checkpoint$/.exec(name)?.[1]));
  expect(Math.min(...kept)).toBe(step);
  trainer.send({ type: "training-cancel" });
  await trainer.until("training-end");
});

test("keeps the history up to the number that diverged", async () => {
  const trainer = await ready();
  const optimizer = { kind: "sgd" } as const;
  const model: ModelInput = { kind: "mlp", hidden: [32, 32] };
  trainer.start(spec({ optimizer, model, schedule: { kind: "constant", rate: 1e9 } }), folder);
  const end = await trainer.until("training-end");
  expect(end).toMatchObject({ outcome: "failed", failure: { reason: "diverged" } });
  const { steps, values } = historiesOf(trainer.messages).get("train/loss")!;
  expect(steps).toEqual(stepsOf(end.failure!.step! + 1));
  expect(steps.length).toBeGreaterThan(1);
  expect(values[0]).toBeGreaterThan(1);
});

test("says why a wanted backend is not there", async () => {
  const trainer = await ready();
  trainer.start(spec({ backend: "webgpu" }), folder);
  const end = await trainer.until("training-end");
  expect(end).toMatchObject({ outcome: "failed", failure: { reason: "no-backend" } });
  expect(end.failure!.message).toContain('backend "webgpu"');
});

test("ends when the supervisor goes away", async () => {
  const trainer = await ready();
  trainer.start(long, folder);
  await trainer.until("points");
  trainer.child.disconnect();
  expect(await trainer.exited).toBe(0);
});

test("records what it uses about once a second, and where its time went", async () => {
  const trainer = await ready();
  trainer.start(long, folder);
  const systemKeys = (batch: { series: readonly { key: string }[] }) =>
    batch.series.map(({ key }) => key).filter((key) => key.startsWith("system/"));
  const isSample = (message: { series: readonly { key: string }[] }) => systemKeys(message).length > 0;
  const first = await trainer.until("points", 0, isSample);
  await trainer.until("points", trainer.messages.indexOf(first) + 1, isSample);
  trainer.send({ type: "training-cancel" });
  const { summary } = await trainer.until("training-end");
  const histories = historiesOf(trainer.messages);
  const series = (key: string) => histories.get(`system/${key}`)!;
  const phases = ["data", "compute", "schedule", "record"].map((phase) => series(`seconds-${phase}`));
  expect(systemKeys(first)).toHaveLength(7);
  expect(series("memory-mb").values[0]).toBeGreaterThan(30);
  expect(series("cpu-percent").values[0]).toBeGreaterThan(0);
  expect(series("steps-per-second").values[0]).toBeGreaterThan(0);
  for (const { steps, values } of phases) {
    expect(steps).toEqual(series("memory-mb").steps);
    expect(values.every((value, i) => value > 0 && value >= (values[i - 1] ?? 0))).toBe(true);
  }
  const total = phases.reduce((sum, { values }) => sum + values.at(-1)!, 0);
  expect(total).toBeLessThanOrEqual(summary!.seconds);
  expect(phases[1]!.values.at(-1)).toBeGreaterThan(total / 2);
});

test("ends failed when its time is over, and completed when the loss is low enough, both with their history", async () => {
  const trainer = await ready();
  trainer.start({ ...long, stop: { afterSeconds: 0.5 } }, folder);
  const late = await trainer.until("training-end");
  expect(late).toMatchObject({ outcome: "failed", failure: { reason: "time-limit", step: late.summary!.steps } });
  expect(historiesOf(trainer.messages).get("train/loss")!.steps).toEqual(stepsOf(late.summary!.steps));

  const from = trainer.messages.length;
  trainer.start(spec({ budget: { steps: 5000 }, stop: { lossBelow: 1 } }), folder);
  const early = await trainer.until("training-end", from);
  expect(early).toMatchObject({ outcome: "completed", failure: null });
  const { values, steps } = historiesOf(trainer.messages.slice(from)).get("validation/loss")!;
  expect(steps.at(-1)).toBe(early.summary!.steps - 1);
  expect(early.summary!.steps).toBeLessThan(5000);
  expect(values.map((loss) => loss < 1)).toEqual(values.map((_, i) => i === values.length - 1));
});
