import type { TrainingSpecInput } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { trainHere } from "../kit/in-process.ts";
import { spec } from "../kit/spec.ts";

const cases: Record<string, Partial<TrainingSpecInput>> = {
  "adam, cosine": {},
  "momentum, one-cycle with cycled momentum": {
    optimizer: { kind: "momentum", weightDecay: 1e-4 },
    schedule: { kind: "one-cycle", rate: 0.1 },
  },
  "dropout, greedy": {
    model: { kind: "mlp", hidden: [16], dropout: 0.3 },
    schedule: { kind: "greedy", rate: 0.005 },
  },
  "plateau on the validation loss": { schedule: { kind: "plateau", rate: 0.02 }, evaluateEvery: 5 },
  "hypergradient, global": { optimizer: { kind: "sgd" }, schedule: { kind: "hypergradient", rate: 0.05 } },
  "hypergradient, a rate per group": {
    optimizer: { kind: "momentum" },
    schedule: { kind: "hypergradient", rate: 0.05, granularity: "group" },
  },
  "hypergradient, a rate per parameter": {
    optimizer: { kind: "adam" },
    schedule: { kind: "hypergradient", rate: 0.002, granularity: "parameter" },
  },
  "line search": { optimizer: { kind: "sgd" }, schedule: { kind: "line-search" } },
};

describe.each(["wasm", "cpu"] as const)("on %s a resumed run continues bit by bit", (backend) => {
  test.each(Object.entries(cases))("%s", async (_, changes) => {
    const whole = spec(changes);
    const straight = await trainHere(whole, { backend });
    const first = await trainHere(whole, { backend, pauseAt: 30 });
    const rest = await trainHere(whole, { backend, from: first.checkpoint });

    expect(straight.end.outcome).toBe("completed");
    expect(first.end.outcome).toBe("paused");
    expect([straight.leaked, first.leaked, rest.leaked]).toEqual([0, 0, 0]);
    for (const [key, series] of straight.history) {
      if (key === "elapsed-seconds") continue;
      const values = [...(first.history.get(key)?.values ?? []), ...(rest.history.get(key)?.values ?? [])];
      expect(values, key).toEqual(series.values);
    }
    expect(rest.end.summary.finalValidationLoss).toBe(straight.end.summary.finalValidationLoss);
  });
});

test("another seed gives another curve, the same seed the same", async () => {
  const [one, again, other] = [await trainHere(spec()), await trainHere(spec()), await trainHere(spec({ seed: 1 }))];
  expect(again.history.get("train/loss")).toEqual(one.history.get("train/loss"));
  expect(other.history.get("train/loss")).not.toEqual(one.history.get("train/loss"));
});

test("a pause writes a checkpoint, but not a second one at the same step", async () => {
  const run = spec({ checkpoint: { everySteps: 20 } });
  expect((await trainHere(run, { pauseAt: 40 })).saved).toEqual([20, 40]);
  expect((await trainHere(run, { pauseAt: 50 })).saved).toEqual([20, 40, 50]);
  expect((await trainHere(run, { pauseAt: 0 })).saved).toEqual([]);
});
