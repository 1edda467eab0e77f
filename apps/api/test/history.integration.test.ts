import { decodeFrame, fromJsonNumbers, type History } from "@etude/contracts";
import { beforeAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { createRun, problemOf, smallRun, startApi } from "./harness.ts";
import { Worker } from "./worker.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { call } = api;
const n = 5000;
const spikeAt = 1234;
/** A smooth curve with one spike, and what cannot be JSON. */
const loss = (step: number): number =>
  step === spikeAt ? 1e6 : step === 10 ? Number.NaN : step === 11 ? Number.POSITIVE_INFINITY : 1 / (step + 1);
const rate = (step: number): number => 0.1 * 0.999 ** step;

let params: { runId: string };
let worker: Worker;
beforeAll(async () => {
  const run = await createRun(api);
  params = { runId: run.id };
  worker = await Worker.claim(api, run.id);
  await worker.record({ "train/loss": loss, "learning-rate": rate }, 0, n);
  await worker.log("half way");
});

const historyOf = async (query: Record<string, string | string[]> = {}): Promise<History> => {
  const answer = await call("getHistory", { params, query });
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
  return answer.json<History>();
};

describe("exact", () => {
  test("holds every point, bit for bit, and what JSON has no number for", async () => {
    const { series, runId, attempt, cursor } = await historyOf();
    expect({ runId, attempt }).toEqual({ runId: params.runId, attempt: 1 });
    expect(cursor).toEqual(expect.any(String));
    expect(
      series.map(({ key, mode, total, firstStep, lastStep }) => ({ key, mode, total, firstStep, lastStep })),
    ).toEqual([
      { key: "train/loss", mode: "exact", total: n, firstStep: 0, lastStep: n - 1 },
      { key: "learning-rate", mode: "exact", total: n, firstStep: 0, lastStep: n - 1 },
    ]);
    const [losses, rates] = series;
    if (losses?.mode !== "exact" || rates?.mode !== "exact") throw new Error("not exact");
    expect(losses.points.value.slice(9, 12)).toEqual([0.1, "NaN", "Infinity"]);
    expect(Array.from(fromJsonNumbers(losses.points.value))).toEqual(
      Array.from({ length: n }, (_, step) => loss(step)),
    );
    expect(rates.points.value).toEqual(Array.from({ length: n }, (_, step) => rate(step)));
  });

  test("a range and a choice of series", async () => {
    const { series } = await historyOf({ key: "learning-rate", from: "100", to: "109" });
    expect(series).toMatchObject([{ key: "learning-rate", total: 10, firstStep: 100, lastStep: 109 }]);
    const both = await historyOf({ key: ["learning-rate", "train/loss"], to: "0" });
    expect(both.series.map(({ key }) => key).sort()).toEqual(["learning-rate", "train/loss"]);
  });
});

describe("bucketed", () => {
  test("keeps a spike of one step, counts every point, and says so", async () => {
    const { series } = await historyOf({ key: "train/loss", width: "100" });
    const [losses] = series;
    if (losses?.mode !== "bucketed") throw new Error("not bucketed");
    const { points } = losses;
    expect(losses.total).toBe(n);
    expect(points.step.length).toBeLessThanOrEqual(100);
    expect(points.count.reduce((sum, count) => sum + count, 0)).toBe(n);
    expect(Math.max(...fromJsonNumbers(points.max))).toBe(1e6);
    expect(points.last.at(-1)).toBe(loss(n - 1));
    expect(points.step.at(-1)).toBe(n - 1);
  });

  test("a series that fits is exact", async () => {
    const { series } = await historyOf({ from: "0", to: "49", width: "50" });
    expect(series.map(({ mode }) => mode)).toEqual(["exact", "exact"]);
  });
});

describe("binary", () => {
  const frameOf = async (query: Record<string, string>) => {
    const answer = await call("getHistory", { params, query: { format: "binary", ...query } });
    expect(answer.headers["content-type"]).toBe("application/octet-stream");
    return decodeFrame(answer.rawPayload);
  };

  test("points as they are", async () => {
    const frame = await frameOf({});
    if (frame.type !== "points-appended") throw new Error(frame.type);
    expect(frame).toMatchObject({ runId: params.runId, attempt: 1, from: 0, to: 2 * n });
    expect(frame.series.map(({ key, steps }) => [key, steps.length])).toEqual([
      ["train/loss", n],
      ["learning-rate", n],
    ]);
    expect(frame.series[0]?.values).toEqual(Float64Array.from({ length: n }, (_, step) => loss(step)));
  });

  test("buckets, where a series with few points has buckets of one", async () => {
    await worker.record({ "validation/loss": loss }, 0, 12);
    const frame = await frameOf({ width: "100" });
    if (frame.type !== "points-summarised") throw new Error(frame.type);
    const [losses, , validation] = frame.series;
    expect(Math.max(...(losses?.max ?? []))).toBe(1e6);
    expect(validation?.step).toHaveLength(12);
    expect(Array.from(validation?.count ?? [])).toEqual(Array(12).fill(1));
    expect(validation?.last.at(11)).toBe(Number.POSITIVE_INFINITY);
    expect(validation?.max.at(11)).toBeNaN();
  });
});

test("an unchanged history is not sent again", async () => {
  const first = await call("getHistory", { params });
  const etag = String(first.headers["etag"]);
  const again = await call("getHistory", { params, headers: { "if-none-match": etag } });
  expect([again.statusCode, again.body]).toEqual([304, ""]);
  await worker.record({ "learning-rate": rate }, n, n + 1);
  expect((await call("getHistory", { params, headers: { "if-none-match": etag } })).statusCode).toBe(200);
});

test("summaries answer without points", async () => {
  const answer = await call("listSeries", { params });
  const [losses] = answer.json<{ series: object[] }>().series;
  expect(losses).toMatchObject({ key: "train/loss", index: 0, points: n, max: 1e6, maxStep: spikeAt, nonFinite: 2 });
});

test("log lines come after the last one known", async () => {
  const all = (await call("getLog", { params })).json<{ lines: { id: number; message: string }[] }>();
  expect(all.lines.map(({ message }) => message)).toEqual(["half way"]);
  const rest = await call("getLog", { params, query: { after: String(all.lines[0]?.id) } });
  expect(rest.json()).toEqual({ lines: [] });
});

test("an unknown series is named, a bad range refused, and a run without points is empty", async () => {
  const unknown = problemOf(await call("getHistory", { params, query: { key: "train/bliss" } }));
  expect(unknown).toMatchObject({ code: "series_not_found", detail: expect.stringContaining("train/bliss") });
  for (const [name, value] of [
    ["width", "0"],
    ["width", "1.5"],
    ["from", "now"],
    ["format", "xml"],
    ["key", "no spaces here"],
  ] as const) {
    const refused = problemOf(await call("getHistory", { params, query: { [name]: value } }));
    expect(refused.errors?.[0]?.path, name).toBe(`query.${name}`);
  }
  const { id } = await createRun(api);
  const empty = await call("getHistory", { params: { runId: id } });
  expect(empty.json()).toMatchObject({ attempt: 0, series: [] });
});

test("a finished run's curve can be replayed, and what a waiting run needs cannot be deleted", async () => {
  const { id } = await createRun(api);
  const source = await Worker.claim(api, id);
  await source.record({ "learning-rate": rate }, 0, 20);
  await source.finish();
  const schedule = { kind: "replay", run: id };
  const made = await call("createRun", { payload: { ...smallRun, schedule } });
  expect(made.json()).toMatchObject({
    spec: { schedule: { kind: "replay", run: id, curveHash: expect.stringMatching(/^[\da-f]{64}$/) } },
  });
  const preview = await call("previewSchedule", { payload: { schedule, steps: 20 } });
  expect(preview.json()).toMatchObject({
    reactive: false,
    curve: { points: { value: Array.from({ length: 20 }, (_, step) => rate(step)) } },
  });
  const other = await createRun(api);
  const second = await Worker.claim(api, other.id);
  await second.record({ "learning-rate": (step) => 7 + step }, 0, 20);
  await second.finish();
  const both = {
    kind: "sequence",
    parts: [{ schedule, steps: 10 }, { schedule: { kind: "replay", run: other.id } }],
  };
  const joined = await call("previewSchedule", { payload: { schedule: both, steps: 20 } });
  expect(joined.json()).toMatchObject({
    curve: { points: { value: Array.from({ length: 20 }, (_, t) => (t < 10 ? rate(t) : 7 + t - 10)) } },
  });
  expect(problemOf(await call("deleteRun", { params: { runId: id } })).code).toBe("run_in_use");
  const stale = { ...schedule, curveHash: "0".repeat(64) };
  expect(problemOf(await call("createRun", { payload: { ...smallRun, schedule: stale } })).code).toBe(
    "combination_refused",
  );
});
