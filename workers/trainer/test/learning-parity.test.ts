/** The array engine makes in float64 the updates that the trainer makes in float32. */
import type { ScheduleInput } from "@etude/catalog";
import type { TrainingSpecInput } from "@etude/contracts";
import { rebuildProblem, train } from "@etude/learning";
import { expect, test } from "vitest";
import { loadData } from "../src/training/data.ts";
import { trainHere, valuesOf } from "./kit/in-process.ts";
import { spec } from "./kit/spec.ts";

const steps = 50;

/**
 * Relative, of every loss and rate over 50 updates. Each update rounds weights to 24 bits (6e-8); Adam's quotients and the
 * products of a hypergradient enlarge that.
 */
const tolerance = 2e-4;

const mlp = { dataset: { kind: "digits" }, model: { kind: "mlp", hidden: [32] }, batchSize: 32 } as const;
const nmf = {
  dataset: { kind: "low-rank", rows: 40, columns: 60, rank: 5, noise: 0.1 },
  model: { kind: "nmf", rank: 4 },
  batchSize: 40,
} as const;

type Case = readonly [name: string, optimizer: TrainingSpecInput["optimizer"], schedule: ScheduleInput, task?: object];

const cases: readonly Case[] = [
  ["sgd, cosine after a warmup", { kind: "sgd" }, { kind: "cosine", rate: 0.1, warmup: { steps: 5 } }],
  ["sgd with coupled decay, greedy", { kind: "sgd", weightDecay: 0.01 }, { kind: "greedy", rate: 0.05 }],
  ["momentum, one-cycle with its momentum", { kind: "momentum" }, { kind: "one-cycle", rate: 0.05 }],
  ["adam, wsd", { kind: "adam" }, { kind: "wsd", rate: 0.003 }],
  ["adamw, constant", { kind: "adamw" }, { kind: "constant", rate: 0.003 }],
  ["nesterov, linear", { kind: "nesterov" }, { kind: "linear", rate: 0.02 }],
  ["rmsprop, constant", { kind: "rmsprop" }, { kind: "constant", rate: 0.001 }],
  ["adagrad, constant", { kind: "adagrad" }, { kind: "constant", rate: 0.02 }],
  ["schedule-free-sgd", { kind: "schedule-free-sgd" }, { kind: "constant", rate: 0.1 }],
  ["schedule-free-adamw", { kind: "schedule-free-adamw" }, { kind: "constant", rate: 0.003 }],
  ["prodigy", { kind: "prodigy", startDistance: 1e-3 }, { kind: "constant", rate: 1 }],
  ["dog", { kind: "dog", startDistance: 1e-3 }, { kind: "constant", rate: 1 }],
  ["hypergradient, one rate", { kind: "sgd" }, { kind: "hypergradient", rate: 0.05 }],
  ["hypergradient, a rate a group", { kind: "adam" }, { kind: "hypergradient", rate: 0.003, granularity: "group" }],
  [
    "hypergradient, a rate a parameter",
    { kind: "sgd" },
    { kind: "hypergradient", rate: 0.05, granularity: "parameter", form: "additive", strength: 0.01 },
  ],
  ["line search", { kind: "sgd" }, { kind: "line-search", rate: 1 }],
  ["projected factorisation, cut at its bound", { kind: "sgd" }, { kind: "constant", rate: { ofBound: 3 } }, nmf],
  ["projected factorisation, hypergradient", { kind: "sgd" }, { kind: "hypergradient", rate: { ofBound: 0.2 } }, nmf],
  ["projected factorisation, line search", { kind: "sgd" }, { kind: "line-search", rate: { ofBound: 0.9 } }, nmf],
];

test.each(cases)("%s", async (_, optimizer, schedule, task = mlp) => {
  const run = spec({ ...task, optimizer, schedule, seed: 7, budget: { steps }, evaluateEvery: steps });
  const data = await loadData(run.dataset);
  const trained = await trainHere(run, { backend: "cpu", data });
  const problem = rebuildProblem({ ...run, id: "parity", title: "parity", steps }, data)!;
  const outcome = train(problem, { schedule: run.schedule, seed: run.seed });
  const near = (key: string, found: ArrayLike<number>): void => {
    const expected = valuesOf(trained, key);
    expect(found.length).toBe(expected.length);
    expected.forEach((value, step) =>
      expect(Math.abs(found[step]! - value) / (Math.abs(value) + 1e-12), `${key}[${step}]`).toBeLessThan(tolerance),
    );
  };
  expect(outcome.trainLosses.length).toBe(steps);
  near("train/loss", outcome.trainLosses);
  near("learning-rate", outcome.rates);
  if (outcome.finalValidationLoss !== undefined) near("validation/loss", [outcome.finalValidationLoss]);
  // Counted by the trainer where a search decides how many there are.
  const passes = trained.history.get("forward-passes")?.values.at(-1);
  if (passes !== undefined) expect(outcome.gradientEvaluations + outcome.extraForwards).toBe(passes);
});
