import { DatasetSpec, models, optimizers } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { combination } from "./kit/every-combination.ts";
import { trainHere, valuesOf } from "./kit/in-process.ts";
import { spec } from "./kit/spec.ts";

describe.each(models.map((model) => [model.kind, model] as const))("model %s", (_kind, model) => {
  test.each(optimizers.map((optimizer) => [optimizer.kind, optimizer] as const))(
    "with %s trains, leaves no tensor behind and resumes bit by bit",
    async (_name, optimizer) => {
      const run = combination(model, optimizer);
      const straight = await trainHere(run);
      expect(straight.end).toMatchObject({ outcome: "completed", failure: null });
      const first = await trainHere(run, { pauseAt: 5 });
      const rest = await trainHere(run, { from: first.checkpoint });
      expect([straight.leaked, first.leaked, rest.leaked]).toEqual([0, 0, 0]);
      for (const key of ["train/loss", "learning-rate", "gradient-norm", "validation/loss"]) {
        const parts = [first, rest].flatMap(({ history }) => history.get(key)?.values ?? []);
        expect(parts, key).toEqual(valuesOf(straight, key));
        expect(parts.every(Number.isFinite), key).toBe(true);
      }
    },
  );
});

test.each([
  ["schedule-free-sgd", 0.5],
  ["schedule-free-adamw", 0.02],
  ["prodigy", 1],
  ["dog", 1],
] as const)("%s learns the digits without a schedule", async (kind, rate) => {
  const run = spec({
    optimizer: { kind },
    schedule: { kind: "constant", rate },
    budget: { steps: 600 },
    evaluateEvery: 600,
  });
  const trained = await trainHere(run);
  expect(valuesOf(trained, "validation/accuracy")[0]).toBeGreaterThan(0.93);
});

test("prodigy and dog record the rate that they found and applied", async () => {
  for (const kind of ["prodigy", "dog"] as const) {
    const run = spec({ optimizer: { kind }, schedule: { kind: "constant", rate: 1 }, budget: { steps: 100 } });
    const rates = valuesOf(await trainHere(run), "learning-rate");
    expect(rates[0]).toBeLessThan(1e-3);
    expect(rates.at(-1)! / rates[0]!).toBeGreaterThan(10);
  }
});

test("an optimizer that replaces the schedule refuses others, with the reason", async () => {
  const run = spec({ optimizer: { kind: "dog" }, schedule: { kind: "cosine", rate: 1 } });
  await expect(trainHere(run)).rejects.toThrow(/dog cannot run under the schedule cosine: dog replaces the schedule/);
  const momentum = spec({ optimizer: { kind: "adam" }, schedule: { kind: "line-search" } });
  await expect(trainHere(momentum)).rejects.toThrow(/adam cannot run under the schedule line-search: .*use sgd/);
});

test("a model and data that do not fit are refused with the fields' names", async () => {
  const cnn = spec({ model: { kind: "cnn" }, dataset: { kind: "iris" } });
  await expect(trainHere(cnn)).rejects.toThrow("model.kind cnn needs images (height, width, channels)");
  const deep = spec({ model: { kind: "cnn", filters: [2, 2, 2, 2] } });
  await expect(trainHere(deep)).rejects.toThrow("model.filters has 4 blocks, too many for 8 × 8 images");
  const table = spec({ model: { kind: "nmf" }, dataset: { kind: "digits" } });
  await expect(trainHere(table)).rejects.toThrow(
    "model nmf learns factorisation, but dataset digits is for classification",
  );
  const huge = spec({ model: { kind: "mlp", hidden: [8192, 8192, 8192] } });
  await expect(trainHere(huge)).rejects.toThrow("model.hidden makes a model of 134823936 weights; at most 100000000");
  expect(DatasetSpec.safeParse({ kind: "low-rank", rows: 4, columns: 4, rank: 5 }).success).toBe(false);
});

test("a small network and a regression reach what they should", async () => {
  const cnn = spec({
    model: { kind: "cnn" },
    schedule: { kind: "cosine", rate: 0.01 },
    budget: { epochs: 10 },
    evaluateEvery: 450,
  });
  expect(valuesOf(await trainHere(cnn), "validation/accuracy").at(-1)).toBeGreaterThanOrEqual(0.97);
  const line = spec({
    dataset: { kind: "diabetes" },
    model: { kind: "mlp", hidden: [] },
    optimizer: { kind: "momentum" },
    schedule: { kind: "cosine", rate: 0.01 },
    budget: { steps: 300 },
    evaluateEvery: 300,
  });
  expect(valuesOf(await trainHere(line), "validation/loss").at(-1)).toBeLessThan(0.65);
});
