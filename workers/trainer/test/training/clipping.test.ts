import { clipFactor, clipGradients } from "@etude/catalog";
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { trainHere, valuesOf } from "../kit/in-process.ts";
import { spec } from "../kit/spec.ts";

const plain = { optimizer: { kind: "sgd" }, schedule: { kind: "constant", rate: 0.5 }, budget: { steps: 30 } } as const;

test("by the norm: all gradients are scaled by min(1, limit / (norm + 1e-6)); by value: each entry is cut", async () => {
  await tf.setBackend("cpu");
  const gradients = [tf.tensor([3, 0]), tf.tensor([[0, -4]])];
  const [a, b] = clipGradients(tf, gradients, { norm: 2 });
  const factor = 2 / (5 + 1e-6);
  expect(clipFactor(2, 5)).toBe(factor);
  expect([...a!.dataSync(), ...b!.dataSync()]).toEqual(
    [3 * factor, 0, 0, -4 * factor].map((x) => expect.closeTo(x, 6)),
  );
  const small = clipGradients(tf, gradients, { norm: 6 });
  expect([...small[1]!.dataSync()]).toEqual([0, -4]);
  const cut = clipGradients(tf, gradients, { value: 3.5 });
  expect(cut.map((gradient) => [...gradient.dataSync()])).toEqual([
    [3, 0],
    [0, -3.5],
  ]);
});

test("the first update moves the weights by rate × limit; gradient-norm stays that of the whole gradient", async () => {
  const limit = 0.01;
  const free = await trainHere(spec({ ...plain, budget: { steps: 1 } }));
  const held = await trainHere(spec({ ...plain, gradientClip: { norm: limit } }));
  expect(valuesOf(held, "gradient-norm")[0]).toBe(valuesOf(free, "gradient-norm")[0]);
  for (const norm of valuesOf(held, "gradient-norm/clipped")) expect(norm).toBeCloseTo(limit, 6);
  // A step of that length changes the loss by about rate × limit × norm.
  const [first, second] = valuesOf(
    await trainHere(spec({ ...plain, batchSize: 2000, gradientClip: { norm: limit } })),
    "train/loss",
  );
  const norm = valuesOf(await trainHere(spec({ ...plain, batchSize: 2000 })), "gradient-norm")[0]!;
  expect((first! - second!) / (0.5 * limit * norm)).toBeCloseTo(1, 1);
});

test("a limit that is never reached changes nothing, one of value does", async () => {
  const free = valuesOf(await trainHere(spec(plain)), "train/loss");
  expect(valuesOf(await trainHere(spec({ ...plain, gradientClip: { norm: 1e6 } })), "train/loss")).toEqual(free);
  expect(valuesOf(await trainHere(spec({ ...plain, gradientClip: { value: 1e-3 } })), "train/loss")).not.toEqual(free);
});

test.each(["sgd", "momentum", "adam"] as const)(
  "with %s it resumes bit by bit and leaves no tensor behind",
  async (kind) => {
    const run = spec({ ...plain, optimizer: { kind }, gradientClip: { norm: 0.1 } });
    const straight = await trainHere(run);
    const first = await trainHere(run, { pauseAt: 11 });
    const rest = await trainHere(run, { from: first.checkpoint });
    expect([straight.leaked, first.leaked, rest.leaked]).toEqual([0, 0, 0]);
    for (const key of ["train/loss", "gradient-norm/clipped"]) {
      expect([...valuesOf(first, key), ...valuesOf(rest, key)]).toEqual(valuesOf(straight, key));
    }
  },
);

test("where clipping has no meaning it is refused with the reason", async () => {
  const gradientClip = { norm: 1 };
  const search = spec({ ...plain, schedule: { kind: "line-search" }, gradientClip });
  await expect(trainHere(search)).rejects.toThrow("gradientClip does not work with the schedule line-search");
  const hyper = spec({ ...plain, schedule: { kind: "hypergradient", rate: 0.1 }, gradientClip });
  await expect(trainHere(hyper)).rejects.toThrow("gradientClip does not work with the schedule hypergradient");
  const factors = spec({
    ...plain,
    dataset: { kind: "low-rank", rows: 10, columns: 8, rank: 2 },
    model: { kind: "nmf", rank: 2 },
    gradientClip,
  });
  await expect(trainHere(factors)).rejects.toThrow("gradientClip needs one gradient of all weights");
});
