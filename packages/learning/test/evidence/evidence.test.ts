import { ScheduleSpec } from "@etude/catalog";
import { describe, expect, it } from "vitest";
import {
  baseRateOf,
  cellsOf,
  completeEvidence,
  outcomeOfCurve,
  problemFeatures,
  quantileOf,
  scaleSchedule,
  shapeOf,
  stretchSchedule,
  suite,
  taskDistance,
  taskTable,
} from "../../src/index.ts";
import { readSuiteFiles } from "../../src/suite/read-files.node.ts";
import { evidence } from "./some-evidence.ts";

const schedule = (input: object) => ScheduleSpec.parse(input as never);

describe("a schedule", () => {
  it("is a shape times a base rate", () => {
    const low = schedule({ kind: "cosine", rate: 0.01, minRate: 0.001 });
    const high = schedule({ kind: "cosine", rate: 0.3, minRate: 0.03 });
    expect(shapeOf(low, 100)).toEqual(shapeOf(high, 100));
    expect(scaleSchedule(low, 30)).toMatchObject({ rate: 0.3, minRate: 0.03 });
    const drawn = schedule({
      kind: "piecewise",
      points: [
        { at: 0, rate: 2 },
        { at: 9, rate: 4 },
      ],
    });
    expect(baseRateOf(drawn)).toBe(4);
    expect(shapeOf(drawn, 100)).toMatchObject({ points: [{ rate: 0.5 }, { rate: 1 }] });
    const parts = schedule({ kind: "sequence", parts: [{ schedule: low, steps: 5 }, { schedule: high }] });
    expect(baseRateOf(parts)).toBe(0.01);
    expect(shapeOf(parts, 100)).toMatchObject({ parts: [{ schedule: { rate: 1 } }, { schedule: { rate: 30 } }] });
    expect(baseRateOf(schedule({ kind: "constant", rate: { ofBound: 0.5 } }))).toBeNull();
    expect(shapeOf(schedule({ kind: "constant", rate: { ofBound: 0.5 } }), 100)).toMatchObject({
      rate: { ofBound: 1 },
    });
  });
});

it("has lengths that go with the run", () => {
  const third = (steps: number, rate: number) =>
    schedule({ kind: "step", rate, every: Math.round(steps / 3), factor: 0.1 });
  expect(shapeOf(third(400, 1), 400)).toEqual(shapeOf(third(250, 0.2), 250));
  expect(shapeOf(third(400, 1), 400)).not.toEqual(shapeOf(third(400, 1), 1000));
  expect(stretchSchedule(third(400, 1), 400, 1000)).toMatchObject({ every: 333, rate: 1 });
  const long = schedule({ kind: "cosine", rate: 1, warmup: { steps: 40 }, tail: { fraction: 0.2 } });
  expect(stretchSchedule(long, 400, 100)).toMatchObject({ warmup: { steps: 10 }, tail: { fraction: 0.2 } });
  const twice = schedule({
    kind: "sequence",
    parts: [{ schedule: third(300, 1), steps: 100 }, { schedule: third(300, 1) }],
  });
  expect(stretchSchedule(twice, 300, 600)).toMatchObject({ parts: [{ steps: 200, schedule: { every: 200 } }, {}] });
});

describe("a row of evidence", () => {
  const row = evidence({ task: "a", schedule: { kind: "cosine", rate: 0.1 }, seed: 1, loss: 2 });

  it("has one id however often it is written, another for another seed, schedule, engine or study", () => {
    expect(completeEvidence({ ...row, at: "2027-01-01T00:00:00.000Z" }).id).toBe(row.id);
    const others = [
      { ...row, seed: 2 },
      { ...row, engine: "trainer/wasm" },
      { ...row, studyId: "plan-2" },
      { ...row, schedule: schedule({ kind: "cosine", rate: 0.2 }) },
    ].map((other) => completeEvidence(other));
    expect(new Set([row.id, ...others.map(({ id }) => id)]).size).toBe(5);
    expect(others[3]!.shape).toBe(row.shape);
    expect(others[0]!.cell).toBe(row.cell);
  });

  it("is chosen by tuning seeds and judged by the others", () => {
    const at = (rate: number, role: "tuning" | "evaluation", seed: number, loss: number) =>
      evidence({ task: "a", schedule: { kind: "cosine", rate }, seed, loss, role });
    const rows = [
      at(0.1, "tuning", 1, 2),
      at(0.1, "evaluation", 9, 7),
      at(1, "tuning", 1, 3),
      at(1, "evaluation", 9, 1),
    ];
    const [table] = taskTable(cellsOf(rows));
    const [arm] = table!.arms.values();
    expect(arm).toMatchObject({ tuned: 2, judged: 7, chosen: { baseRate: 0.1 } });
  });

  it("counts a divergence as an infinite loss", () => {
    const rows = [1, 2, Infinity].map((loss, seed) =>
      evidence({ task: "a", schedule: { kind: "linear", rate: 1 }, seed, loss }),
    );
    expect(cellsOf(rows)[0]!.all).toMatchObject({
      count: 3,
      diverged: 1,
      median: 2,
      high: "Infinity",
      mean: "Infinity",
    });
  });
});

describe("a curve's outcome", () => {
  const steps = Array.from({ length: 101 }, (_, i) => i);

  it("has the tail, the targets and the area", () => {
    const losses = steps.map((step) => 100 - step + 1);
    const outcome = outcomeOfCurve({ steps, losses });
    expect(outcome).toMatchObject({ finalTrainLoss: 1, bestTrainLoss: 1, tailTrainLoss: 6, diverged: false });
    expect(outcome.stepsTo[0]).toEqual({ target: 50.5, step: 51 });
    expect(outcome.areaLogLoss).toBeCloseTo(losses.reduce((sum, loss) => sum + Math.log(loss), 0) / 101);
  });

  it("is infinite after a divergence", () => {
    const outcome = outcomeOfCurve({ steps: [0, 1, 2], losses: [1, 5, Number.NaN] });
    expect(outcome).toMatchObject({
      finalTrainLoss: "Infinity",
      tailTrainLoss: "Infinity",
      bestTrainLoss: 1,
      diverged: true,
    });
    expect(outcome.areaLogLoss).toBeNull();
  });
});

describe("tasks", () => {
  it("are nearer with a like optimizer and like features", () => {
    const rows = [
      evidence({ task: "a", schedule: { kind: "linear", rate: 1 }, seed: 0, loss: 1, features: { logN: 5 } }),
      evidence({ task: "b", schedule: { kind: "linear", rate: 1 }, seed: 0, loss: 1, features: { logN: 9 } }),
      evidence({
        task: "c",
        schedule: { kind: "linear", rate: 1 },
        seed: 0,
        loss: 1,
        features: { logN: 5 },
        optimizer: "adam",
      }),
    ];
    const distance = taskDistance(rows);
    const [a, b, c] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
    expect(distance(a, a)).toBe(0);
    expect(distance(a, b)).toBe(distance(b, a));
    expect(distance(a, b)).toBeGreaterThan(0);
    expect(distance(a, c)).toBeGreaterThan(distance(a, b));
  });

  it("of the array engine have features from their start", async () => {
    const problem = suite(await readSuiteFiles()).find(({ id }) => id === "quadratic-deterministic")!;
    const features = problemFeatures(problem);
    expect(features).toEqual(problemFeatures(problem));
    expect(features.gradientNoiseRatio).toBeCloseTo(0, 10);
    expect(features.topCurvature).toBeGreaterThan(0);
    expect(features.lossAtStart).toBeGreaterThan(0);
    const noisy = suite(await readSuiteFiles()).find(({ id }) => id === "quadratic-noisy")!;
    expect(problemFeatures(noisy).gradientNoiseRatio).toBeGreaterThan(0.01);
  });
});

it("takes quantiles that are values", () => {
  expect([0, 0.1, 0.5, 0.9, 1].map((p) => quantileOf([4, 1, 3, 2], p))).toEqual([1, 1, 2, 4, 4]);
  expect(quantileOf([], 0.5)).toBeNull();
});
