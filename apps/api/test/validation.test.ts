import { PreviewSpec, RunSpec, HistoryQuery, RunFilter } from "@etude/contracts";
import { expect, test } from "vitest";
import type { z } from "zod";
import { issuesOf, sentence } from "../src/validation.ts";

const spec = {
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "sgd" },
  schedule: { kind: "constant", rate: 0.1 },
  budget: { steps: 100 },
};

const issues = (schema: z.ZodType, value: unknown) => {
  const result = schema.safeParse(value, { reportInput: true });
  return result.success ? [] : issuesOf(result.error);
};

test("the example is valid", () => {
  expect(issues(RunSpec, spec)).toEqual([]);
});

test("an unknown kind names the field, the value and every kind", () => {
  const [issue, ...rest] = issues(RunSpec, { ...spec, model: { kind: "perceptron" } });
  expect(rest).toEqual([]);
  expect(issue).toMatchObject({ path: "model.kind", allowed: expect.arrayContaining(["mlp", "cnn"]) });
  expect(issue?.message).toContain("perceptron");
  expect(issues(RunSpec, { ...spec, schedule: { kind: "wiggle" } })).toMatchObject([
    { path: "schedule.kind", allowed: expect.arrayContaining(["constant", "greedy", "sequence"]) },
  ]);
  expect(issues(RunSpec, { ...spec, dataset: {} })).toMatchObject([
    { path: "dataset.kind", allowed: expect.arrayContaining(["digits"]) },
  ]);
});

test.each([
  ["a negative rate", { schedule: { kind: "constant", rate: -1 } }, "schedule.rate", /-1/],
  ["a rate in words", { schedule: { kind: "constant", rate: "fast" } }, "schedule.rate", /fast/],
  ["no steps", { budget: { steps: 0 } }, "budget.steps", /at least 1.*0/],
  ["absurd steps", { budget: { steps: 1e12 } }, "budget.steps", /at most 10000000/],
  ["half a step", { budget: { steps: 1.5 } }, "budget.steps", /whole number.*1\.5/],
  ["a budget of nothing", { budget: {} }, "budget", /steps or epochs/],
  ["two limits of gradients", { gradientClip: { norm: 1, value: 1 } }, "gradientClip", /just norm or value/],
  ["a misspelt limit of gradients", { gradientClip: { nrom: 1 } }, "gradientClip", /just norm or value/],
  ["a budget and something else", { budget: { steps: 5, stops: 1 } }, "budget.stops", /not a field/],
  ["a loss by its name", { model: { kind: "mlp", loss: "hinge" } }, "model.loss", /kind cross-entropy, .*"hinge"/],
  ["a missing model", { model: undefined }, "model", /required/],
  ["an absurd batch", { batchSize: 1e9 }, "batchSize", /at most 65536/],
  ["a negative seed", { seed: -1 }, "seed", /at least 0/],
  ["an unknown field", { learningRate: 0.1 }, "learningRate", /not a field/],
  ["an unknown backend", { backend: "abacus" }, "backend", /auto.*wasm.*abacus/],
  ["a list for a spec", { model: [] }, "model", /object/],
  ["a bad pool", { pool: "No Spaces" }, "pool", /No Spaces/],
  ["a null seed", { seed: null }, "seed", /number.*null/],
])("%s", (_name, change, path, message) => {
  const found = issues(RunSpec, { ...spec, ...change });
  expect(found.map((issue) => issue.path)).toEqual([path]);
  expect(found[0]?.message).toMatch(message);
});

test("ranges are among what is allowed", () => {
  expect(issues(RunSpec, { ...spec, budget: { steps: 0 } })[0]?.allowed).toEqual([">= 1"]);
  expect(issues(HistoryQuery, { width: "0" })[0]).toMatchObject({ path: "width", allowed: [">= 1"] });
});

test("a union of one and many says the values once", () => {
  expect(issues(RunFilter, { status: "sleeping" })).toMatchObject([
    { path: "status", allowed: expect.arrayContaining(["queued", "running"]) },
  ]);
  expect(issues(RunFilter, { status: ["queued", "sleeping"] })).toMatchObject([
    { path: "status[1]", allowed: expect.arrayContaining(["queued", "running"]) },
  ]);
});

test("text for a number in a query", () => {
  expect(issues(RunFilter, { limit: "many" })).toMatchObject([
    { path: "limit", message: expect.stringContaining("number") },
  ]);
});

test("something that is no object at all", () => {
  for (const body of [[], "x", 7, true])
    expect(issues(PreviewSpec, body)).toMatchObject([{ path: "", message: expect.stringContaining("object") }]);
});

test("several issues make one readable sentence", () => {
  const found = issues(RunSpec, { ...spec, batchSize: 0, seed: -1, evaluateEvery: 0, pool: "" });
  expect(found).toHaveLength(4);
  expect(sentence(found)).toMatch(/^batchSize must be at least 1, got 0; .*; and 1 more$/);
});
