import { describe, expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/training/checkpoint.ts";
import { trainHere, valuesOf } from "../kit/in-process.ts";
import { firstRise, nmf } from "../kit/nmf.ts";
import { spec } from "../kit/spec.ts";

describe("one factor, the other fixed", () => {
  test("2.01 / L rises within 3 steps", async () => {
    for (const nonNegative of [true, false]) {
      const trained = await trainHere(nmf({ fixed: "h", clip: false, nonNegative }, { ofBound: 2.01 }, 6));
      expect(firstRise(valuesOf(trained, "train/loss"))).toBeLessThanOrEqual(3);
    }
  });

  test("a planned rate of 100 times the bound is clipped, recorded and monotone", async () => {
    const trained = await trainHere(nmf({ fixed: "h" }, { ofBound: 100 }, 300));
    expect(firstRise(valuesOf(trained, "train/loss"))).toBeUndefined();
    const [applied, planned, bound, active] = ["learning-rate", "learning-rate/planned", "bound", "bound-active"].map(
      (key) => valuesOf(trained, key),
    );
    expect(applied).toEqual(bound);
    expect(planned![0]! / bound![0]!).toBeCloseTo(100, 6);
    expect(new Set(active)).toEqual(new Set([1]));
  });
});

test("without the clip far above the bound the run counts as diverged at ten times the first loss", async () => {
  const trained = await trainHere(nmf({ clip: false, nonNegative: false }, { ofBound: 4 }, 3000));
  expect(trained.end).toMatchObject({ outcome: "failed", failure: { reason: "diverged" } });
  expect(valuesOf(trained, "train/loss").at(-1)).toBeGreaterThan(10 * valuesOf(trained, "train/loss")[0]!);
  expect(trained.leaked).toBe(0);
});

test("joint updates are monotone at the joint bound", async () => {
  const trained = await trainHere(nmf({ update: "joint", boundShare: 1 }, 1e6, 500));
  expect(firstRise(valuesOf(trained, "train/loss"))).toBeUndefined();
});

test("a batch of rows has a smaller bound for H, and the run stays below it", async () => {
  const base = nmf({ boundShare: 0.5 }, 1e6, 400);
  const [whole, batch] = [await trainHere(base), await trainHere({ ...base, batchSize: 4 })];
  expect(valuesOf(batch, "learning-rate/h")[0]).toBeLessThan(valuesOf(whole, "learning-rate/h")[0]!);
  expect(batch.end).toMatchObject({ outcome: "completed", failure: null });
  expect(valuesOf(batch, "validation/loss").at(-1)).toBeLessThan(valuesOf(batch, "train/loss")[0]! / 10);
  expect(batch.leaked).toBe(0);
});

test("no entry changes by more than maxChange allows", async () => {
  const run = nmf({ maxChange: 0.01, fixed: "h" }, 1e6, 2);
  const [before, after] = [0, 1].map(async (pauseAt) => (await trainHere(run, { pauseAt })).checkpoint);
  const [w0, w1] = [await before!, await after!].map(
    (bytes) => decodeCheckpoint(bytes).tensors.get("weight/w")!.values,
  );
  const mean = w0!.reduce((sum, value) => sum + value, 0) / w0!.length;
  let reached = 0;
  w0!.forEach((value, i) => {
    const limit = 0.01 * Math.max(value, mean);
    expect(Math.abs(w1![i]! - value)).toBeLessThanOrEqual(limit * 1.001);
    if (Math.abs(w1![i]! - value) > limit * 0.999) reached++;
  });
  expect(reached).toBeGreaterThan(0);
});

test("on digits every line search accepts within 100 trials", async () => {
  const run = spec({
    dataset: { kind: "digits-matrix", rows: 200 },
    model: { kind: "nmf", rank: 8, clip: false },
    optimizer: { kind: "sgd" },
    schedule: { kind: "line-search" },
    batchSize: 200,
    budget: { steps: 100 },
    evaluateEvery: 100,
  });
  const trained = await trainHere(run);
  expect(trained.end.outcome).toBe("completed");
  for (const key of ["w", "h"]) expect(Math.min(...valuesOf(trained, `learning-rate/${key}`))).toBeGreaterThan(1e-6);
  expect(firstRise(valuesOf(trained, "train/loss"))).toBeUndefined();
});
