import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainingSpecInput } from "@etude/contracts";
import { expect, test } from "vitest";
import { trainIn } from "./kit/runs.ts";
import { spec } from "./kit/spec.ts";
import { historiesOf, Trainer } from "./kit/trainer.ts";

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

test("100 000 updates leave no tensor and no memory behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "etude-leak-"));
  const trainer = new Trainer();
  try {
    const steps = 100_000;
    const model: TrainingSpecInput["model"] = { kind: "mlp", hidden: [8], dropout: 0.1 };
    const run = spec({ model, batchSize: 8, budget: { steps }, evaluateEvery: 5000, backend: "wasm" });
    const { end, complaints } = await trainIn(trainer, run, folder);
    // The run itself fails when two evaluations count different tensors, and complains of what is left at its end.
    expect(end).toMatchObject({ outcome: "completed", failure: null, summary: { steps } });
    expect(complaints).toEqual([]);
    const { values } = historiesOf(trainer.messages).get("system/memory-mb")!;
    const quarter = values.length >> 2;
    expect(quarter).toBeGreaterThan(1);
    // Half of the updates lie between: 200 bytes an update would be 10 MB.
    const [early, late] = [values.slice(quarter, 2 * quarter), values.slice(-quarter)].map(median) as [number, number];
    expect(late - early).toBeLessThan(10);
  } finally {
    trainer.stop();
    rmSync(folder, { recursive: true });
  }
});
