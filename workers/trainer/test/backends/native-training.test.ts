// Training on native TensorFlow in the real trainer child. Runs where the library is installed, on its CPU kernels.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainingSpecInput } from "@etude/contracts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { hasNative, onNative, rowsOnNative } from "../kit/native.ts";
import { largestGap, trainIn } from "../kit/runs.ts";
import { spec } from "../kit/spec.ts";
import { Trainer } from "../kit/trainer.ts";

// Each test loads TensorFlow in processes of their own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const cases: Record<string, Partial<TrainingSpecInput>> = {
  "a convolutional network": { model: { kind: "cnn", filters: [4, 8] } },
  "a network with dropout": { model: { kind: "mlp", hidden: [64, 32], dropout: 0.2 } },
};

/** Of single precision that adds up in another order, after 40 steps, relative to the curve's largest value. */
const curveTolerance = 1e-3;

describe.runIf(hasNative)(onNative("on native TensorFlow"), () => {
  let folder: string;
  let trainer: Trainer;
  const started: Trainer[] = [];

  async function fresh(): Promise<Trainer> {
    const made = new Trainer();
    started.push(made);
    await made.until("trainer-ready");
    return made;
  }
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "etude-native-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    trainer = await fresh();
  });
  afterEach(() => {
    for (const each of started.splice(0)) each.stop();
  });

  test("is what a run gets that leaves the choice to the trainer", async () => {
    const { backend, complaints } = await trainIn(trainer, spec({ budget: { steps: 3 } }), folder);
    expect(backend.name).toMatch(/^tensorflow(-gpu)?$/);
    expect(complaints).toEqual([]);
  });

  describe.each(rowsOnNative(Object.entries(cases)))("%s", (_, changes) => {
    const run = spec({ ...changes, budget: { steps: 40 }, backend: "tensorflow" });

    test("follows the curves of wasm and cpu", async () => {
      const native = await trainIn(trainer, run, folder);
      expect(native.end).toMatchObject({ outcome: "completed", failure: null });
      expect(native.complaints).toEqual([]);
      expect(native.backend).toMatchObject({ name: "tensorflow", reproducible: true });
      for (const backend of ["wasm", "cpu"] as const) {
        const other = await trainIn(trainer, { ...run, backend }, folder);
        for (const [key, { steps, values }] of native.histories) {
          expect(steps, key).toEqual(other.histories.get(key)!.steps);
          expect(largestGap(values, other.histories.get(key)!.values), `${key}, ${backend}`).toBeLessThan(
            curveTolerance,
          );
        }
      }
    });

    test("gives the same bits in another process, and when paused and resumed there", async () => {
      const straight = await trainIn(trainer, run, folder);
      const other = await fresh();
      const again = await trainIn(other, run, folder);
      expect(again.histories).toEqual(straight.histories);

      const saving = { ...run, checkpoint: { ...run.checkpoint, everySteps: 25 } };
      const from = trainer.messages.length;
      await trainIn(trainer, saving, folder);
      const { type: _, ...checkpoint } = await trainer.until("checkpoint-written", from, ({ step }) => step === 25);
      const rest = await trainIn(other, saving, folder, { resume: checkpoint });
      for (const [key, { steps, values }] of rest.histories) {
        const whole = straight.histories.get(key)!;
        const since = whole.steps.findIndex((step) => step >= 25);
        expect({ steps, values }, key).toEqual({ steps: whole.steps.slice(since), values: whole.values.slice(since) });
      }
    });
  });
});
