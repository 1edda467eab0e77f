import { externalSchedule, createClient, runSchedule } from "@etude/sdk/node";
import { policyFile, type GivenRate } from "@etude/contracts";
import { shippedPolicies } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { createRun, problemOf, smallRun, startApi } from "./harness.ts";
import { Worker } from "./worker.ts";

const { url, pool } = await withDatabase();
const replicas = [await startApi(url), await startApi(url)] as const;
const [api] = replicas;
const { call, db } = api;
const horizon = 400;
const greedy = { kind: "greedy", rate: 0.05, patience: 3 } as const;
const lossAt = (step: number): number => Math.exp(-step / 50) + 0.3 * Math.sin(step * step);

const start = async (schedule: object, more: object = {}): Promise<string> =>
  (await createRun(api, { kind: "external", schedule, horizon, ...more })).id;
const ask = (runId: string, payload: object, on = api) => on.call("nextRate", { params: { runId }, payload });
const rateOf = async (runId: string, payload: object, on = api): Promise<number> =>
  (await ask(runId, payload, on)).json<GivenRate>().rate;

describe("rates from the server", () => {
  test("are those of the same schedule here, whichever server is asked and however often", async () => {
    const runId = await start(greedy);
    const here = externalSchedule({ schedule: greedy, horizon });
    for (let step = 0; step < 120; step += 1) {
      const asked = { step, loss: lossAt(step - 1), evalLoss: lossAt(step - 1) };
      const expected = here.next(asked);
      expect(await rateOf(runId, asked, replicas[step % 2])).toBe(expected);
      if (step % 10 === 0) {
        // Again, and at once from several: one rate.
        const again = await Promise.all([0, 1, 2].map((i) => rateOf(runId, { ...asked, loss: i }, replicas[i % 2])));
        expect(again).toEqual([expected, expected, expected]);
      }
    }
    expect(
      new Set((await pool.query("select rate from run_rate where run_id = $1", [runId])).rows.map(({ rate }) => rate))
        .size,
    ).toBeGreaterThan(5);
  });

  test("are asked for in order; a step asked for by many at once is computed once", async () => {
    const runId = await start(greedy);
    expect(problemOf(await ask(runId, { step: 1 }))).toMatchObject({
      code: "rate_step_refused",
      errors: [{ path: "step", allowed: [0] }],
    });
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => rateOf(runId, { step: 0 }, replicas[i % 2])));
    expect(new Set(all)).toEqual(new Set([0.05]));
    const racing = await Promise.all(
      Array.from({ length: 20 }, (_, i) => rateOf(runId, { step: 1, loss: i, evalLoss: i }, replicas[i % 2])),
    );
    expect(new Set(racing).size).toBe(1);
    expect(problemOf(await ask(runId, { step: 5, loss: 1 })).errors).toMatchObject([{ allowed: [2] }]);
  });

  test("go back with a rewind, and are fenced by the attempt", async () => {
    const runId = await start(greedy);
    const given: number[] = [];
    const asked = (step: number) => ({ step, loss: lossAt(step - 1), evalLoss: lossAt(step - 1) });
    for (let step = 0; step < 60; step += 1) given.push(await rateOf(runId, asked(step)));
    await call("rewindRun", { params: { runId }, payload: { toStep: 25 } });
    expect(problemOf(await ask(runId, { ...asked(60), attempt: 1 })).code).toBe("attempt_over");
    for (let step = 25; step < 60; step += 1) expect(await rateOf(runId, asked(step))).toBe(given[step]);
    await call("finishRun", { params: { runId }, payload: { outcome: "completed" } });
    expect(problemOf(await ask(runId, asked(60))).code).toBe("run_not_active");
  });

  test("keep few states: a rewind far back goes on from the last one before it", async () => {
    const runId = await start({ kind: "cosine", rate: 0.1 });
    await pool.query(
      `insert into run_rate (run_id, step, attempt, rate, state)
      select $1, step, 1, 0.1, 'null' from generate_series(0, 1300) step where step >= 1045 or (step + 1) % 1000 = 0`,
      [runId],
    );
    await rateOf(runId, { step: 1301 });
    const { rows } = await pool.query("select count(*)::int as n, min(step) as first from run_rate where run_id = $1", [
      runId,
    ]);
    expect(rows).toEqual([{ n: 257, first: 999 }]);
    await call("rewindRun", { params: { runId }, payload: { toStep: 1020 } });
    expect(problemOf(await ask(runId, { step: 1020 })).errors).toMatchObject([{ allowed: [1000] }]);
    expect((await ask(runId, { step: 1000 })).statusCode).toBe(200);
  });

  test("a policy that was trained here stays here; what it needs is named", async () => {
    const policy = (await createRun(api, { kind: "policy-training", config: { family: "deep" } })).id;
    const worker = await Worker.claim(api, policy);
    const weights = shippedPolicies["default-deep"];
    const sha256 = await api.blobs.put(Buffer.from(JSON.stringify(weights)));
    await db.artifacts.record(policy, worker.attempt, {
      name: policyFile,
      mediaType: "application/json",
      sha256,
      bytes: 1,
    });
    const schedule = { kind: "learned", policy, rate: 0.1 };
    const runId = await start(schedule);
    const address = await api.app.listen({ host: "127.0.0.1", port: 0 });
    const client = createClient({ url: address });
    const noted: number[] = [];
    const logger = {
      log: ({ values }: { values: Record<string, number> }) => void noted.push(values["learning-rate"] ?? NaN),
    };
    const rates = await runSchedule({ client, runId, logger });
    expect(rates.where).toBe("server");
    await expect(rates.next({ step: 0 })).rejects.toThrow(/measured\.\w+ is missing/);
    const shipped = { ...schedule, policy: "default-deep" };
    const same = await runSchedule({ client, runId: await start(shipped), logger: { log: () => undefined } });
    expect(same.where).toBe("here");
    const expected: number[] = [];
    for (let step = 0; step < 60; step += 1) {
      const measured = {
        gradientNorm: lossAt(step) ** 2,
        directionNorm: 1,
        alignment: Math.cos(step),
        trainLoss: lossAt(step),
      };
      const asked = { step, loss: lossAt(step - 1), measured };
      expected.push(await same.next(asked));
      expect(await rates.next(asked)).toBe(expected[step]);
    }
    expect(noted).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(3);
  });

  test("what cannot be followed is refused by name", async () => {
    const noHorizon = await createRun(api, { kind: "external", schedule: greedy });
    expect(problemOf(await ask(noHorizon.id, { step: 0 }))).toMatchObject({
      code: "combination_refused",
      errors: [{ path: "horizon" }],
    });
    const none = await createRun(api, { kind: "external", horizon });
    expect(problemOf(await ask(none.id, { step: 0 })).errors).toMatchObject([{ path: "schedule" }]);
    const search = await start({ kind: "line-search" });
    expect(problemOf(await ask(search, { step: 0 })).detail).toContain("tries each update out");
    const training = await createRun(api, smallRun);
    expect(problemOf(await ask(training.id, { step: 0 })).code).toBe("run_kind_refused");
    expect(problemOf(await ask(search, { step: -1 })).errors).toMatchObject([{ path: "step" }]);
  });
});
