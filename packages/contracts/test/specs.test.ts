import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Problem, RunSpec, isEnded, operations, problems, runStatuses, scopeCovers } from "@etude/contracts";

const spec = {
  kind: "training",
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "sgd" },
  schedule: { kind: "constant", rate: 0.1 },
  budget: { steps: 100 },
};
const issuesOf = (changes: object): { path: string; message: string }[] => {
  const parsed = RunSpec.safeParse({ ...spec, ...changes });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
};

describe("a run's spec", () => {
  it("fills defaults", () => {
    expect(RunSpec.parse(spec)).toMatchObject({
      batchSize: 32,
      seed: 0,
      evaluateEvery: 50,
      backend: "auto",
      pool: "cpu",
      checkpoint: { everySeconds: 10 },
    });
  });

  it.each([
    ["steps of zero", { budget: { steps: 0 } }, "budget"],
    ["both lengths", { budget: { steps: 5, epochs: 5 } }, "budget"],
    ["an absurd batch", { batchSize: 1e9 }, "batchSize"],
    ["a negative seed", { seed: -1 }, "seed"],
    ["an unknown field", { learning_rate: 1 }, ""],
    ["an unknown schedule", { schedule: { kind: "magic" } }, "schedule"],
    ["a negative rate", { schedule: { kind: "constant", rate: -1 } }, "schedule.rate"],
    ["a rate that is text", { schedule: { kind: "constant", rate: "fast" } }, "schedule.rate"],
  ])("refuses %s and names where", (_, changes, path) => {
    expect(
      issuesOf(changes)
        .map((issue) => issue.path)
        .join(" "),
    ).toContain(path);
    expect(issuesOf(changes)).not.toEqual([]);
  });

  it("survives its own JSON", () => {
    const parsed = RunSpec.parse(spec);
    expect(RunSpec.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });
});

describe("the operations", () => {
  it("all have documented problems, unique routes and JSON schemas", () => {
    const routes = new Set<string>();
    for (const operation of Object.values(operations)) {
      routes.add(`${operation.method} ${operation.path}`);
      for (const code of operation.problems) expect(problems).toHaveProperty(code);
      if ("body" in operation) expect(z.toJSONSchema(operation.body, { io: "input" })).toBeTypeOf("object");
      if ("body" in operation.ok) expect(z.toJSONSchema(operation.ok.body)).toBeTypeOf("object");
    }
    expect(routes.size).toBe(Object.keys(operations).length);
  });
});

it("knows which statuses are final", () => {
  expect(runStatuses.filter(isEnded)).toEqual(["completed", "failed", "cancelled"]);
});

it("orders scopes", () => {
  expect(scopeCovers("admin", "write")).toBe(true);
  expect(scopeCovers("read", "write")).toBe(false);
});

it("turns a problem into a body with its remedy", () => {
  const body = new Problem("run_not_found", "No run 7", [{ path: "runId", message: "unknown" }]).body("req-1");
  expect(body).toMatchObject({
    status: 404,
    code: "run_not_found",
    detail: "No run 7",
    requestId: "req-1",
    errors: [{ path: "runId" }],
  });
  expect(body.remedy).toContain("/v1/runs");
});
