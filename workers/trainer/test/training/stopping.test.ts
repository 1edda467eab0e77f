import { expect, test } from "vitest";
import { trainHere, valuesOf } from "../kit/in-process.ts";
import { spec } from "../kit/spec.ts";

const iris = { dataset: { kind: "iris" }, budget: { steps: 400 }, evaluateEvery: 10 } as const;

test("stops when a metric rises above its target", async () => {
  const run = spec({ ...iris, stop: { metricAbove: { metric: "accuracy", value: 0.9 } } });
  const accuracy = valuesOf(await trainHere(run), "validation/accuracy");
  expect(accuracy.at(-1)).toBeGreaterThan(0.9);
  expect(accuracy.slice(0, -1).every((value) => value <= 0.9)).toBe(true);
  expect(accuracy.length).toBeLessThan(40);
});

test("stops when the loss has not fallen for so many evaluations, also across a pause", async () => {
  // A rate far too high: the loss soon stops falling.
  const run = spec({
    ...iris,
    optimizer: { kind: "sgd" },
    schedule: { kind: "constant", rate: 2 },
    stop: { patience: { evaluations: 3, minDelta: 0.01 } },
  });
  const straight = await trainHere(run);
  const losses = valuesOf(straight, "validation/loss");
  let [best, waited] = [Infinity, 0];
  const end = losses.findIndex((loss) => {
    if (loss < best - 0.01) [best, waited] = [loss, 0];
    else waited++;
    return waited >= 3;
  });
  expect(end).toBe(losses.length - 1);
  expect(straight.end.outcome).toBe("completed");
  const pauseAt = losses.length * 10 - 15;
  const first = await trainHere(run, { pauseAt });
  const rest = await trainHere(run, { from: first.checkpoint });
  expect([...valuesOf(first, "validation/loss"), ...valuesOf(rest, "validation/loss")]).toEqual(losses);
});

test("records the metrics that are asked for beside those that it always does", async () => {
  const run = spec({ ...iris, budget: { steps: 20 }, metrics: ["macro-f1", "top-5-accuracy"] });
  const { history } = await trainHere(run);
  const keys = [...history.keys()];
  for (const key of ["accuracy", "macro-f1", "top-5-accuracy"]) {
    expect(keys).toEqual(expect.arrayContaining([`train/${key}`, `validation/${key}`]));
  }
  expect(valuesOf({ history }, "validation/top-5-accuracy")).toEqual([1, 1]);
  await expect(trainHere(spec({ ...iris, metrics: ["r-squared"] }))).rejects.toThrow(
    "metrics[0]: r-squared is no metric of classification; it has accuracy",
  );
});

test("a regression's R² over the whole set", async () => {
  const run = spec({ dataset: { kind: "diabetes" }, model: { kind: "mlp", hidden: [] }, metrics: ["r-squared"] });
  const { history } = await trainHere({ ...run, budget: { steps: 200 }, evaluateEvery: 200 });
  expect(valuesOf({ history }, "validation/r-squared")[0]).toBeGreaterThan(0.3);
});

test("a loss other than the usual one learns; penalties count by the weights", async () => {
  const model = { kind: "mlp" as const, hidden: [16] };
  for (const loss of [
    { kind: "hinge" },
    { kind: "mean-squared-error" },
    { kind: "cross-entropy", labelSmoothing: 0.1 },
  ] as const) {
    const run = spec({ ...iris, model: { ...model, loss }, budget: { steps: 300 }, evaluateEvery: 300 });
    expect(valuesOf(await trainHere(run), "validation/accuracy")[0], loss.kind).toBeGreaterThan(0.85);
  }
  const start = (fields: object): Promise<number> =>
    trainHere(spec({ ...iris, model: { ...model, ...fields }, budget: { steps: 1 } })).then(
      (trained) => valuesOf(trained, "train/loss")[0]!,
    );
  const [none, one, two] = [await start({}), await start({ l2: 0.01 }), await start({ l2: 0.02 })];
  expect(one).toBeGreaterThan(none);
  expect(two - none).toBeCloseTo(2 * (one - none), 4);
  expect(await start({ l1: 0.01 })).toBeGreaterThan(none);
  const unfit = spec({ ...iris, model: { ...model, loss: { kind: "huber" } } });
  await expect(trainHere(unfit)).rejects.toThrow(
    "model.loss huber cannot judge classification; use one of cross-entropy",
  );
});

test("label noise on the small sets is seeded and spares validation", async () => {
  for (const kind of ["digits", "iris", "breast-cancer"] as const) {
    const loss = async (labelNoise: number, splitSeed = 0): Promise<number[]> =>
      valuesOf(
        await trainHere(spec({ dataset: { kind, labelNoise, splitSeed }, budget: { steps: 20 }, evaluateEvery: 20 })),
        "train/loss",
      );
    const [clean, noisy, again] = [await loss(0), await loss(0.8), await loss(0.8)];
    expect(noisy).toEqual(again);
    expect(noisy.at(-1)!, kind).toBeGreaterThan(clean.at(-1)!);
  }
});

test("a recurrent network tells tokens by their order, which a bag of words cannot", async () => {
  // The class is whether token 2 comes before token 3.
  const rows = Array.from({ length: 200 }, (_, i) => (i % 2 ? [2, 4, 3, 0] : [3, 4, 2, 0]));
  const part = {
    count: 200,
    inputs: Float32Array.from(rows.flat()),
    targets: Float32Array.from(rows, (row) => (row[0] === 2 ? 1 : 0)),
  };
  const data = {
    task: "text-classification",
    shape: [4],
    outputs: 2,
    vocabulary: 5,
    train: part,
    validation: part,
  } as const;
  const accuracy = async (model: object): Promise<number> => {
    const run = spec({
      dataset: { kind: "speeches" },
      model: model as never,
      budget: { steps: 150 },
      evaluateEvery: 150,
    });
    return valuesOf(await trainHere(run, { data }), "validation/accuracy")[0]!;
  };
  for (const cell of ["gru", "lstm", "simple"]) {
    expect(await accuracy({ kind: "recurrent", cell, embedding: 8, units: [8] }), cell).toBe(1);
  }
  expect(await accuracy({ kind: "embedding-pool", width: 8 })).toBeLessThan(0.6);
});
