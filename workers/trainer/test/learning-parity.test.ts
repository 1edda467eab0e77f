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
 * Relative, of every loss and rate over 50 updates. Float32 rounds each to 6e-8; most runs stay within 1e-6 of it, Prodigy,
 * whose distance grows by differences of nearly equal numbers, within 1.3e-5.
 */
const tolerance = 5e-5;

type Task = Partial<TrainingSpecInput>;
type Case = readonly [name: string, optimizer: TrainingSpecInput["optimizer"], schedule: ScheduleInput, task?: Task];

const mlp = { dataset: { kind: "digits" }, model: { kind: "mlp", hidden: [32] }, batchSize: 32 } satisfies Task;
const softmax = { ...mlp, model: { kind: "mlp", hidden: [], start: "zero" } } satisfies Task;
const regression = {
  dataset: { kind: "diabetes" },
  model: { kind: "mlp", hidden: [8], activation: "tanh" },
} satisfies Task;
const cnn = { ...mlp, model: { kind: "cnn", filters: [4] }, batchSize: 8 } satisfies Task;
const pool = {
  dataset: { kind: "speeches", vocabulary: 200, perSpeech: 2 },
  model: { kind: "embedding-pool", width: 8, hidden: [6], activation: "sigmoid" },
} satisfies Task;
const transformer = {
  dataset: { kind: "moby-dick", length: 8, characters: 5000 },
  model: { kind: "transformer", width: 8, heads: 2, blocks: 2 },
  batchSize: 4,
} satisfies Task;
const minimum = { dataset: { kind: "gradient-noise", dimension: 10 } } satisfies Task;
const quadratic = {
  ...minimum,
  model: { kind: "quadratic", condition: 20, jumps: [{ step: 30, factor: 4 }] },
} satisfies Task;
const nmf = {
  dataset: { kind: "low-rank", rows: 40, columns: 60, rank: 5, noise: 0.1 },
  model: { kind: "nmf", rank: 4 },
  batchSize: 40,
} satisfies Task;

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
  ["softmax regression", { kind: "sgd" }, { kind: "constant", rate: 0.5 }, softmax],
  ["regression by a tanh layer", { kind: "momentum" }, { kind: "constant", rate: 0.01 }, regression],
  ["convolution", { kind: "adam" }, { kind: "cosine", rate: 0.003 }, cnn],
  ["embedding pool", { kind: "adam" }, { kind: "cosine", rate: 0.003 }, pool],
  ["transformer", { kind: "sgd" }, { kind: "cosine", rate: 0.1 }, transformer],
  ["quadratic with a jump of curvature", { kind: "sgd" }, { kind: "greedy", rate: 0.1 }, quadratic],
  ["Rosenbrock", { kind: "adam" }, { kind: "linear", rate: 0.1 }, { ...minimum, model: { kind: "rosenbrock" } }],
  ["projected factorisation, cut at its bound", { kind: "sgd" }, { kind: "constant", rate: { ofBound: 3 } }, nmf],
  ["projected factorisation, hypergradient", { kind: "sgd" }, { kind: "hypergradient", rate: { ofBound: 0.2 } }, nmf],
  ["projected factorisation, line search", { kind: "sgd" }, { kind: "line-search", rate: { ofBound: 0.9 } }, nmf],
];

const named = cases.map(([name, optimizer, schedule, task = mlp]) => [name, { ...task, optimizer, schedule }] as const);

test.each(named)("%s", async (_, task) => {
  const run = spec({ ...task, seed: 7, budget: { steps }, evaluateEvery: steps });
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
