import { join } from "node:path";
import { appendFileSync, readFileSync, statSync } from "node:fs";
import { type Json, ScheduleSpec, traceCase } from "@etude/catalog";
import type { Run } from "@etude/contracts";
import { createClient, externalSchedule, fileSpool, logger, type LoggerOptions } from "@etude/sdk/node";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder, withDatabase } from "../../../test/kit/index.ts";
import { createRun, startApi } from "./harness.ts";
import { LiveClient } from "./live-client.ts";

const { url } = await withDatabase();
const api = await startApi(url, { ETUDE_RATE_LIMIT_PER_MINUTE: "100000" });
const folder = temporaryFolder();
const spec = { kind: "external", name: "logged" } as const;
const backoff = { baseMs: 1, capMs: 5 };
let address = "";
beforeAll(async () => {
  address = await api.app.listen({ port: 0, host: "127.0.0.1" });
});

/** A line that can be cut: before the server hears, or after it has answered. */
class Line {
  cut: "no" | "before" | "after" = "no";
  /** Cuts some requests at random when set. */
  random: (() => number) | null = null;
  calls = 0;
  readonly fetch = async (...args: Parameters<typeof fetch>): Promise<Response> => {
    this.calls += 1;
    const chance = this.random?.() ?? 1;
    if (this.cut === "before" || chance < 0.2) throw new TypeError("cut before");
    const response = await fetch(...args);
    if (this.cut === "after" || chance < 0.4) throw new TypeError("cut after");
    return response;
  };
}

/** Numbers in [0, 1) that repeat with the seed (xorshift). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

test("an idle loop is heard of, and hears that it shall stop", async () => {
  const { log, problems } = open(new Line(), { aliveEveryMs: 20 });
  log.log({ step: 0, values: { "train/loss": 1 } });
  await log.flush();
  const runId = log.runId ?? "";
  const heard = (await api.db.runs.get(runId)).lastAppendAt ?? "";
  await expect
    .poll(async () => ((await api.db.runs.get(runId)).lastAppendAt ?? "") > heard, { timeout: 15_000 })
    .toBe(true);
  await api.call("cancelRun", { params: { runId } });
  await expect.poll(() => log.status, { timeout: 15_000 }).toBe("cancelling");
  await log.finish({ outcome: "cancelled" });
  expect(problems).toEqual([]);
  expect(await api.db.runs.get(runId)).toMatchObject({ status: "cancelled", points: 1 });
});

function open(line: Line, rest: Partial<LoggerOptions> = {}) {
  const problems: unknown[] = [];
  const client = createClient({ url: address, fetch: line.fetch });
  const log = logger({
    client,
    spec,
    batch: { ms: 2, points: 50 },
    backoff,
    onProblem: (error) => problems.push(error),
    ...rest,
  } as LoggerOptions);
  return { log, problems, client };
}

async function pointsOf(runId: string | null, key: string) {
  const { series } = await api.db.history.readHistory(runId ?? "", { keys: [key] });
  const [one] = series;
  if (one?.mode !== "exact") throw new Error("bucketed");
  return { steps: Array.from(one.points.steps), values: Array.from(one.points.values) };
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const lossAt = (step: number): number => (step === 17 ? NaN : 1 / (step + 3));

describe("logging", () => {
  test("makes the run, sends everything exactly and ends it", async () => {
    const { log, problems } = open(new Line());
    for (const step of upTo(3000)) {
      log.log({ step, values: { "train/loss": lossAt(step), ...(step % 100 === 99 && { "validation/loss": step }) } });
    }
    await log.finish({ outcome: "completed" });
    expect(problems).toEqual([]);
    expect(await pointsOf(log.runId, "train/loss")).toEqual({ steps: upTo(3000), values: upTo(3000).map(lossAt) });
    expect(await api.db.runs.get(log.runId ?? "")).toMatchObject({
      status: "completed",
      points: 3030,
      step: 3000,
      summary: { finalValidationLoss: 2999, bestStep: 99 },
    });
    log.log({ step: 3000, values: { "train/loss": 1 } });
    expect(problems).toMatchObject([{ message: expect.stringContaining("after the logger was closed") }]);
  });

  test("what cannot be logged is told and never thrown", async () => {
    const { log, problems } = open(new Line(), {
      onProblem: (error) => {
        problems.push(error);
        throw new Error("a listener that fails");
      },
    });
    log.log({ step: 0, values: { "train/loss": 1 } });
    await log.flush();
    log.log({ step: 0, values: { "train/loss": 2, "no good!": 1, other: "3" as never } });
    log.log({ step: NaN, values: { "train/loss": 2 } });
    log.log({ step: 1, values: { "train/loss": 3 } });
    await log.finish();
    expect(problems).toHaveLength(4);
    expect(await pointsOf(log.runId, "train/loss")).toEqual({ steps: [0, 1], values: [1, 3] });
  });

  test("goes on with a run that has points already", async () => {
    const { id } = await createRun(api, spec);
    const first = open(new Line(), { runId: id, spec: undefined } as never).log;
    for (const step of upTo(60)) first.log({ step, values: { "train/loss": step } });
    await first.flush();
    await first.close();
    const second = open(new Line(), { runId: id, spec: undefined } as never).log;
    // The second one does not know where the first ended: steps that are there are refused, and later ones follow.
    for (const step of upTo(100)) second.log({ step, values: { "train/loss": step } });
    await second.flush();
    second.log({ step: 100, values: { "train/loss": 100 } });
    await second.finish();
    expect(await pointsOf(id, "train/loss")).toEqual({ steps: upTo(101), values: upTo(101) });
    expect((await api.db.history.summaries(id))[0]?.late).toBe(60);
  });

  test("a refusal for good is told, and flush throws it", async () => {
    const { id } = await createRun(api, spec);
    await api.call("finishRun", { params: { runId: id }, payload: { outcome: "failed" } });
    const { log, problems } = open(new Line(), { runId: id, spec: undefined } as never);
    log.log({ step: 0, values: { "train/loss": 1 } });
    await expect(log.flush()).rejects.toMatchObject({ code: "run_not_active" });
    expect(problems).toMatchObject([{ code: "run_not_active" }]);
    await log.close();
  });

  test("a wish to cancel reaches the loop", async () => {
    const { log } = open(new Line());
    let step = 0;
    log.log({ step: step++, values: { "train/loss": 1 } });
    await log.flush();
    await api.call("cancelRun", { params: { runId: log.runId ?? "" } });
    while (log.status !== "cancelling") {
      log.log({ step: step++, values: { "train/loss": 1 } });
      await log.flush();
    }
    await log.finish({ outcome: "cancelled" });
    expect((await api.db.runs.get(log.runId ?? "")).status).toBe("cancelled");
  });
});

describe("outages", () => {
  test.each([1, 2, 3])("a line that fails at random neither loses nor doubles (seed %i)", async (seed) => {
    const line = new Line();
    line.random = seeded(seed * 7919);
    const spool = fileSpool(join(folder, `random-${seed}`));
    const { log } = open(line, { spool });
    for (const step of upTo(2000)) {
      log.log({ step, values: { "train/loss": lossAt(step) } });
      if (step % 100 === 0) await log.flush();
    }
    await log.finish();
    expect(await pointsOf(log.runId, "train/loss")).toEqual({ steps: upTo(2000), values: upTo(2000).map(lossAt) });
    expect(line.calls).toBeGreaterThan(25);
    const { runs } = (await api.call("listRuns", { query: { limit: "500" } })).json<{ runs: Run[] }>();
    expect(runs.filter(({ id }) => id === log.runId)).toHaveLength(1);
  });

  test("an outage and two deaths of the process: the next one sends what waits, once", async () => {
    const path = join(folder, "deaths");
    const line = new Line();
    const first = open(line, { spool: fileSpool(path) });
    for (const step of upTo(500)) first.log.log({ step, values: { "train/loss": lossAt(step) } });
    await first.log.flush();
    const { runId } = first.log;
    // The server is away; this process logs on, takes something back, and is then gone without a word.
    line.cut = "before";
    for (const step of upTo(300)) first.log.log({ step: 500 + step, values: { "train/loss": lossAt(500 + step) } });
    first.log.rewind(700);
    first.log.log({ step: 750, values: { "train/loss": -1 } });
    await expect.poll(() => readFileSync(path, "utf8")).toContain('"steps":[750]');
    expect(first.problems).toMatchObject([{ code: "unreachable" }]);
    appendFileSync(path, '{"type":"points","series":[{"key":"tr');

    // The second one has its answer lost and dies as well.
    const second = new Line();
    second.cut = "after";
    const again = open(second, { spool: fileSpool(path) });
    again.log.log({ step: 751, values: { "train/loss": -2 } });
    await expect.poll(() => second.calls).toBeGreaterThan(2);
    await again.log.close();
    await first.log.close();

    const third = open(new Line(), { spool: fileSpool(path) }).log;
    third.log({ step: 752, values: { "train/loss": -3 } });
    await third.finish();
    expect(third.runId).toBe(runId);
    const { steps, values } = await pointsOf(runId, "train/loss");
    expect(steps).toEqual([...upTo(700), 750, 751, 752]);
    expect(values).toEqual([...upTo(700).map(lossAt), -1, -2, -3]);
    expect(await api.db.runs.get(runId ?? "")).toMatchObject({ status: "completed", attempt: 2 });
  });

  test("an answer to the creation that is lost makes no second run", async () => {
    const path = join(folder, "creation");
    const line = new Line();
    line.cut = "after";
    const { log, problems } = open(line, { spool: fileSpool(path), spec: { ...spec, name: "made once" } });
    log.log({ step: 0, values: { "train/loss": 1 } });
    await expect.poll(() => line.calls).toBeGreaterThan(3);
    expect(problems).toHaveLength(1);
    line.cut = "no";
    await log.finish();
    const { runs } = (await api.call("listRuns", { query: { q: "made once" } })).json<{ runs: Run[] }>();
    expect(runs).toMatchObject([{ id: log.runId, status: "completed", points: 1 }]);
  });

  test("a file with nothing left to send shrinks, and its logger goes on counting", async () => {
    const path = join(folder, "shrinks");
    const line = new Line();
    line.cut = "before";
    const first = open(line, { spool: fileSpool(path), batch: { points: 10_000 } }).log;
    for (const step of upTo(300_000)) first.log({ step, values: { "train/loss": lossAt(step) } });
    await expect.poll(() => statSync(path).size, { timeout: 20_000 }).toBeGreaterThan(4 * 1024 * 1024);
    line.cut = "no";
    await first.flush();
    expect(statSync(path).size).toBeLessThan(10_000);
    await first.close();
    const second = open(line, { spool: fileSpool(path) }).log;
    second.log({ step: 300_000, values: { "train/loss": 5 } });
    await second.finish();
    const { steps, values } = await pointsOf(second.runId, "train/loss");
    expect(steps).toEqual(upTo(300_001));
    expect(values.at(-1)).toBe(5);
  });
});

test("a loop under greedy records exactly the rates of its trace, seen live", async () => {
  const schedule = ScheduleSpec.parse({ kind: "greedy", rate: 0.1, patience: 3 });
  const n = 600;
  const random = seeded(11);
  const losses = upTo(n).map((step) => 1 / (1 + step / 100) + 0.3 * random());
  const { log } = open(new Line(), { spec: { ...spec, schedule, horizon: n } });
  log.log({ step: 0, values: { "train/loss": losses[0] ?? 0 } });
  await log.flush();
  const viewer = await LiveClient.open(address);
  viewer.say({ type: "subscribe", runId: log.runId as never });
  let rates = externalSchedule({ schedule, horizon: n, logger: log });
  for (const step of upTo(n)) {
    const before = step === 0 ? undefined : losses[step - 1];
    rates.next({ step, loss: before, evalLoss: before });
    if (step > 0) log.log({ step, values: { "train/loss": losses[step] ?? 0 } });
    if (step === 250) {
      const state = JSON.parse(JSON.stringify(rates.state)) as Json;
      rates = externalSchedule({ schedule, horizon: n, logger: log, state: state as never });
    }
  }
  expect(() => rates.next({ step: 5 })).toThrow("allowed is 600");
  await log.finish();
  const expected = traceCase({ ...schedule, horizon: n, metrics: losses.slice(0, -1) }) as { lr: number[] };
  const { values } = await pointsOf(log.runId, "learning-rate");
  expect(values).toEqual(expected.lr);
  expect(new Set(values).size).toBeGreaterThan(3);
  await expect.poll(() => viewer.size(log.runId ?? "")).toBe(2 * n);
  viewer.close();
});
