import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { createRun, nobody, problemOf, smallRun, startApi } from "./harness.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { call } = api;

describe("bad runs", () => {
  test.each([
    ["an unknown schedule", { schedule: { kind: "wiggle", rate: 1 } }, "schedule.kind"],
    ["an unknown model", { model: { kind: "brain" } }, "model.kind"],
    ["an unknown dataset", { dataset: { kind: "everything" } }, "dataset.kind"],
    ["an unknown optimizer", { optimizer: { kind: "magic" } }, "optimizer.kind"],
    ["a negative rate", { schedule: { kind: "constant", rate: -0.1 } }, "schedule.rate"],
    ["a rate that is no number", { schedule: { kind: "constant", rate: "0.1" } }, "schedule.rate"],
    ["no steps", { budget: { steps: 0 } }, "budget.steps"],
    ["negative steps", { budget: { steps: -5 } }, "budget.steps"],
    ["absurd steps", { budget: { steps: 1e15 } }, "budget.steps"],
    ["an absurd batch", { batchSize: 1_000_000_000 }, "batchSize"],
    ["an absurd layer", { model: { kind: "mlp", hidden: [1e9] } }, "model.hidden[0]"],
    ["a hundred layers", { model: { kind: "mlp", hidden: Array(100).fill(8) } }, "model.hidden"],
    ["an unknown field", { learning_rate: 1 }, "learning_rate"],
    ["a name of 10 000 characters", { name: "x".repeat(10_000) }, "name"],
    ["null for an object", { model: null }, "model"],
    ["a list for an object", { optimizer: [] }, "optimizer"],
  ])("%s", async (_name, change, path) => {
    const body = problemOf(await call("createRun", { payload: { ...smallRun, ...change } }));
    expect(body.code).toBe("validation_failed");
    expect(body.errors?.map((issue) => issue.path)).toEqual([path]);
    expect(body.detail).toContain(path);
  });

  test("a body of 100 MB", async () => {
    const answer = await call("createRun", {
      payload: JSON.stringify({ ...smallRun, name: "x".repeat(100 * 1024 * 1024) }),
      headers: { "content-type": "application/json" },
    });
    expect(problemOf(answer)).toMatchObject({ code: "payload_too_large", detail: expect.stringContaining("4194304") });
  });

  test("nesting of 100 000 levels", async () => {
    const payload = `${'{"schedule":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const answer = await call("createRun", { payload, headers: { "content-type": "application/json" } });
    expect(problemOf(answer).code).toBe("validation_failed");
  });

  test("a sequence nested a thousand deep", async () => {
    let schedule: object = { kind: "constant", rate: 0.1 };
    for (let depth = 0; depth < 1000; depth += 1) schedule = { kind: "sequence", parts: [{ schedule }] };
    const answer = await call("createRun", { payload: { ...smallRun, schedule } });
    expect(problemOf(answer)).toMatchObject({
      code: "validation_failed",
      detail: expect.stringContaining("100 levels"),
    });
  });

  test("in a batch, the path says which run, and none is made", async () => {
    const before = (await call("listRuns")).json<{ total: number }>().total;
    const runs = [smallRun, { ...smallRun, batchSize: 0 }];
    const body = problemOf(await call("createRuns", { payload: { runs } }));
    expect(body.errors).toMatchObject([{ path: "runs[1].batchSize" }]);
    expect((await call("listRuns")).json<{ total: number }>().total).toBe(before);
  });

  test("parts that do not work together", async () => {
    const schedule = { kind: "line-search", rate: 1 };
    const body = problemOf(
      await call("createRun", { payload: { ...smallRun, optimizer: { kind: "adam" }, schedule } }),
    );
    expect(body).toMatchObject({ code: "combination_refused", errors: [{ path: "schedule" }] });
    expect(body.detail).toMatch(/adam/);
    const batch = problemOf(
      await call("createRuns", {
        payload: { runs: [smallRun, { ...smallRun, optimizer: { kind: "adam" }, schedule }] },
      }),
    );
    expect(batch.errors).toMatchObject([{ path: "runs[1].schedule" }]);
  });

  test("a model that cannot learn the data", async () => {
    const body = problemOf(await call("createRun", { payload: { ...smallRun, dataset: { kind: "digits-matrix" } } }));
    expect(body).toMatchObject({ code: "combination_refused", errors: [{ path: "model.kind" }] });
    expect(body.detail).toMatch(/mlp .* digits-matrix .* factorisation/);
  });

  test("a study that does not exist", async () => {
    const answer = await call("createRun", { payload: smallRun, query: { study: nobody } });
    expect(problemOf(answer).code).toBe("study_not_found");
  });

  test("a replay of a run that does not exist, or has not ended", async () => {
    const replaying = (run: string) => ({ ...smallRun, schedule: { kind: "replay", run } });
    expect(problemOf(await call("createRun", { payload: replaying("nothing") })).code).toBe("run_not_found");
    expect(problemOf(await call("createRun", { payload: replaying(nobody) })).code).toBe("run_not_found");
    const waiting = await createRun(api);
    const refused = problemOf(await call("createRun", { payload: replaying(waiting.id) }));
    expect(refused).toMatchObject({ code: "combination_refused", errors: [{ path: "schedule.run" }] });
  });
});
