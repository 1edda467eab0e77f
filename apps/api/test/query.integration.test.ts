import {
  type BinaryFrame,
  decodeFrame,
  queryFormats,
  type RunQueryAnswer,
  RunSpec,
  type SeriesQueryAnswer,
  type SimilarAnswer,
} from "@etude/contracts";
import { tableFromIPC } from "@uwdata/flechette";
import { parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { type Answer, nobody, problemOf, startApi } from "./harness.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { call, db } = api;

type Curve = readonly [steps: number[], values: number[]];
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const curve = (n: number, value: (step: number) => number): Curve => [range(n), range(n).map(value)];

/** An external run with whole series, ended. */
async function record(spec: object, series: Record<string, Curve>): Promise<string> {
  const { runs } = await db.runs.create([{ spec: RunSpec.parse({ kind: "external", ...spec }) }]);
  const { id } = runs[0]!;
  const columns = Object.entries(series).map(([key, [steps, values]]) => ({
    key,
    from: 0,
    steps: Float64Array.from(steps),
    values: Float64Array.from(values),
  }));
  await db.appendPoints(id, { series: columns });
  await db.runs.finish(id, 1, { outcome: "completed" });
  return id;
}

/** Long enough for blocks and for whole chunks, with what is easily lost. */
const longN = 200_000;
const spikes = new Map([
  [777, 1e6],
  [100_001, -123.5],
  [150_000, Number.NaN],
  [199_999, 0.1],
]);
const longValue = (step: number): number => spikes.get(step) ?? Math.sin(step / 5000) + step / longN;
const odd: Curve = [
  [0, 3, 4, 10, 11],
  [0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324],
];

let long: string;
let strange: string;
const greedy: string[] = [];
const constant: string[] = [];
beforeAll(async () => {
  long = await record(
    { name: "long" },
    { "train/loss": curve(longN, longValue), "elapsed-seconds": curve(longN, (step) => (step + 1) / 100) },
  );
  strange = await record({ name: 'odd, "very"', stepsPerEpoch: 5 }, { "train/loss": odd });
  for (const i of range(3)) {
    const tags = { seed: `${i}` };
    const schedule = { kind: "cosine", rate: 0.1 };
    const common = { horizon: 101, stepsPerEpoch: 10 };
    greedy.push(
      await record(
        { schedule, tags, ...common },
        {
          "train/loss": curve(101, (step) => i + 1 - step / 100 + (i === 1 && step === 33 ? 50 : 0)),
          "learning-rate": curve(101, (step) => 0.05 * (1 + Math.cos((Math.PI * step) / 101))),
        },
      ),
    );
    constant.push(
      await record(
        { schedule: { kind: "constant", rate: 0.1 }, tags, ...common },
        { "train/loss": curve(51, (step) => 10 * (i + 1) + step), "learning-rate": curve(51, () => 10 ** -i) },
      ),
    );
  }
});

const ask = (body: object, accept?: string): Promise<Answer> =>
  call("querySeries", { payload: body, ...(accept === undefined ? {} : { headers: { accept } }) });
const answerOf = async (body: object): Promise<SeriesQueryAnswer> => {
  const answer = await ask(body);
  expect(answer.statusCode, answer.body.slice(0, 500)).toBe(200);
  return answer.json();
};
const lossOf = (runs: readonly string[], more: object = {}): object => ({
  runs: { ids: runs },
  keys: ["train/loss"],
  ...more,
});

describe("series", () => {
  test("many runs and keys at once, exact, and what is missing with the reason", async () => {
    const { series, missing, groups } = await answerOf({
      runs: { ids: [...greedy, strange, nobody] },
      keys: ["train/loss", "learning-rate"],
    });
    expect(groups).toBeNull();
    expect(series.map(({ runId, key, mode, total }) => [runId, key, mode, total])).toEqual([
      ...greedy.flatMap((id) => [
        [id, "train/loss", "exact", 101],
        [id, "learning-rate", "exact", 101],
      ]),
      [strange, "train/loss", "exact", 5],
    ]);
    expect(series.at(-1)).toMatchObject({
      x: null,
      points: { step: odd[0], value: [0.1 + 0.2, "NaN", "Infinity", "-Infinity", 5e-324] },
    });
    expect(missing).toEqual([
      { runId: strange, key: "learning-rate", why: "the run has no such series" },
      { runId: nobody, key: "train/loss", why: "there is no such run" },
      { runId: nobody, key: "learning-rate", why: "there is no such run" },
    ]);
  });

  test.each([
    ["points", 20_000, {}],
    ["blocks", 1000, {}],
    ["whole chunks", 50, {}],
    ["points", 1000, { from: 5, to: 40_000 }],
    ["blocks", 500, { from: 1000, to: 160_000 }],
    ["whole chunks", 20, { from: 1023, to: 150_500 }],
    ["whole chunks", 1, {}],
  ])("buckets made of %s (width %d, %o) hide nothing", async (_, width, bounds: { from?: number; to?: number }) => {
    const { series } = await answerOf(lossOf([long], { width, ...bounds }));
    const [one] = series;
    if (one?.mode !== "bucketed") throw new Error("not bucketed");
    const { from = 0, to = longN - 1 } = bounds;
    expect(one).toMatchObject({ total: to - from + 1, firstStep: from, lastStep: to });
    const { step, last, min, max, mean, count } = one.points;
    expect(step.length).toBeLessThanOrEqual(width);
    expect(step.length).toBeGreaterThan(width / 3);
    const wanted = { step: [], last: [], min: [], max: [] } as Record<"step" | "last" | "min" | "max", number[]>;
    const means: number[] = [];
    let at = from;
    for (const rows of count) {
      let [low, high, sum, finite] = [Infinity, -Infinity, 0, 0];
      for (const end = at + rows; at < end; at += 1) {
        const value = longValue(at);
        if (!Number.isFinite(value)) continue;
        [low, high, sum, finite] = [Math.min(low, value), Math.max(high, value), sum + value, finite + 1];
      }
      wanted.step.push(at - 1);
      wanted.last.push(longValue(at - 1));
      wanted.min.push(low);
      wanted.max.push(high);
      means.push(sum / finite);
    }
    expect({ step, last: last.map(Number), min: min.map(Number), max: max.map(Number) }).toEqual(wanted);
    expect(Math.max(...mean.map((value, bucket) => Math.abs(Number(value) - means[bucket]!)))).toBeLessThan(1e-6);
    expect(at).toBe(to + 1);
  });

  test("by epoch, progress and seconds; ranges are on the axis", async () => {
    const [id] = greedy as [string];
    const epoch = await answerOf(lossOf([id, long], { axis: "epoch", from: 2, to: 2.5 }));
    expect(epoch.series).toMatchObject([
      { runId: id, firstStep: 20, lastStep: 25, x: [2, 2.1, 2.2, 2.3, 2.4, 2.5].map((x) => expect.closeTo(x, 9)) },
    ]);
    expect(epoch.missing).toEqual([{ runId: long, key: "train/loss", why: expect.stringContaining("epoch") }]);
    const progress = await answerOf(lossOf([id, constant[0]!], { axis: "progress", from: 0.5 }));
    expect(progress.series.map(({ x }) => [x?.[0], x?.at(-1)])).toEqual([
      [0.5, 1],
      [0.5, 0.5],
    ]);
    const seconds = await answerOf(lossOf([long, id], { axis: "seconds", from: 10, to: 10.5 }));
    expect(seconds.series[0]).toMatchObject({ firstStep: 999, lastStep: 1049, total: 51 });
    expect(Number(seconds.series[0]?.x?.[0])).toBeCloseTo(10, 6);
    expect(seconds.missing).toMatchObject([{ runId: id, why: expect.stringContaining("elapsed-seconds") }]);
  });

  test("runs that a query finds, in its order", async () => {
    const { series, more } = await answerOf({
      runs: { query: "schedule.kind = 'cosine' order by last('train/loss') desc", limit: 2 },
      keys: ["learning-rate"],
      width: 10,
    });
    expect(series.map(({ runId, mode }) => [runId, mode])).toEqual([
      [greedy[2], "bucketed"],
      [greedy[1], "bucketed"],
    ]);
    expect(more).toBe(true);
    const own = await answerOf({ runs: { query: "schedule.kind = 'cosine' limit 2" }, keys: ["train/loss"] });
    expect([own.series.length, own.more]).toEqual([2, false]);
  });
});

describe("groups", () => {
  test("bring curves together by any value, with mean, band and the spikes between places", async () => {
    const { groups, series } = await answerOf(
      lossOf([...greedy, ...constant], { group: { by: ["schedule.kind"], places: 11, quantiles: [0, 0.5, 1] } }),
    );
    expect(series).toEqual([]);
    expect(groups).toHaveLength(2);
    const [one, other] = groups!;
    expect(one).toMatchObject({
      key: "train/loss",
      by: [{ select: "schedule.kind", value: "cosine" }],
      runIds: greedy,
      mode: "exact",
      x: range(11).map((i) => i * 10),
      count: range(11).map(() => 3),
    });
    expect(other).toMatchObject({ runIds: constant, x: range(11).map((i) => i * 5) });
    for (const i of range(11)) {
      const middle = 2 - i / 10;
      expect(one!.mean[i]).toBeCloseTo(middle, 9);
      expect(one!.deviation[i]).toBeCloseTo(1, 9);
      expect(one!.quantiles.map(({ values }) => values[i])).toEqual(
        [middle - 1, middle, middle + 1].map((x) => expect.closeTo(x, 9)),
      );
      expect(one!.max[i]).toBeCloseTo(i === 4 ? 52 - 0.33 : i === 0 ? 3 : 3 - (i - 1) / 10 - 0.01, 9);
      expect(one!.min[i]).toBeCloseTo(middle - 1, 9);
    }
  });

  test("curves of different length align by progress, and long ones are said to be bucketed", async () => {
    const { groups, series } = await answerOf(
      lossOf([greedy[0]!, long], { axis: "progress", group: { places: 5, curves: true } }),
    );
    expect(series.map(({ mode }) => mode)).toEqual(["exact", "bucketed"]);
    expect(groups).toMatchObject([{ mode: "bucketed", by: [], runIds: [greedy[0], long] }]);
    expect(groups![0]!.x).toHaveLength(5);
  });
});

describe("formats", () => {
  type Row = Record<string, unknown>;
  const wanted: Row[] = odd[0].map((step, i) => ({
    run: expect.any(String),
    key: "train/loss",
    step,
    value: odd[1][i],
  }));
  const body = (): object => lossOf([strange]);
  const reread = (value: unknown): number => Number(value);

  test("frames carry every bit", async () => {
    const answer = await ask(lossOf([strange, ...greedy], { width: 50 }), queryFormats.frames);
    expect(answer.headers["content-type"]).toBe(queryFormats.frames);
    const frames: BinaryFrame[] = [];
    for (let at = 0; at < answer.rawPayload.length;) {
      const length = answer.rawPayload.readUInt32LE(at);
      frames.push(decodeFrame(answer.rawPayload.subarray(at + 8, at + 8 + length)));
      at += 8 + length;
    }
    expect(frames.map(({ type, runId }) => [type, runId])).toEqual([
      ["points-appended", strange],
      ...greedy.map((id) => ["points-summarised", id]),
    ]);
    const [first] = frames;
    if (first?.type !== "points-appended") throw new Error("not exact");
    expect(first.series[0]).toMatchObject({ steps: Float64Array.from(odd[0]), values: Float64Array.from(odd[1]) });
  });

  test("NDJSON, CSV, Arrow and Parquet read back as what was recorded", async () => {
    const ndjson = await ask(body(), queryFormats.ndjson);
    const lines = ndjson.body
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Row);
    expect(lines.map((row) => ({ ...row, value: reread(row["value"]) }))).toEqual(wanted);

    const csv = await ask(body(), queryFormats.csv);
    const [heading, ...rows] = csv.body
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));
    expect(heading).toEqual(["run", "key", "step", "value"]);
    expect(rows).toEqual(odd[0].map((step, i) => [strange, "train/loss", String(step), String(odd[1][i])]));

    const arrow = await ask(body(), queryFormats.arrow);
    const table = tableFromIPC(arrow.rawPayload);
    expect(table.toArray()).toEqual(wanted);

    const parquet = await ask(body(), queryFormats.parquet);
    const bytes = parquet.rawPayload;
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual(wanted);
  });

  test("buckets and groups are tables too", async () => {
    const buckets = await ask(lossOf([strange, long], { width: 10, axis: "progress" }), queryFormats.csv);
    const [heading, first] = buckets.body.split("\r\n");
    expect(heading).toBe("run,key,mode,progress,step,last,min,max,mean,count");
    expect(first).toBe(`${strange},train/loss,exact,0,0,${0.1 + 0.2},${0.1 + 0.2},${0.1 + 0.2},${0.1 + 0.2},1`);
    expect(buckets.body.trimEnd().split("\r\n")).toHaveLength(1 + 5 + 10);
    const groups = await ask(
      lossOf([strange, ...greedy], { group: { by: ["name"], places: 2, quantiles: [0.5] } }),
      queryFormats.csv,
    );
    expect(groups.body.split("\r\n").slice(0, 2)).toEqual([
      "key,name,mode,step,curves,mean,deviation,min,max,q0.5",
      `train/loss,"odd, ""very""",exact,0,1,${0.1 + 0.2},NaN,${0.1 + 0.2},${0.1 + 0.2},${0.1 + 0.2}`,
    ]);
    const arrow = tableFromIPC((await ask(lossOf(greedy, { group: { places: 7 } }), queryFormats.arrow)).rawPayload);
    expect([arrow.numRows, arrow.names]).toEqual([
      7,
      ["key", "mode", "step", "curves", "mean", "deviation", "min", "max", "q0.1", "q0.5", "q0.9"],
    ]);
  });

  test("a long series is streamed whole", async () => {
    const { body: text } = await ask(lossOf([long], { from: 500 }), queryFormats.ndjson);
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(longN - 500);
    for (const i of [0, 523, 524, 277, 99_501, 149_500, lines.length - 1]) {
      const { step, value } = JSON.parse(lines[i]!) as { step: number; value: number | string };
      expect([step, Number(value)]).toEqual([i + 500, longValue(i + 500)]);
    }
  });

  test("no rows are an empty table of every kind", async () => {
    const nothing = lossOf([strange], { from: 100 });
    expect((await ask(nothing, queryFormats.ndjson)).body).toBe("");
    expect((await ask(nothing, queryFormats.csv)).body).toBe("run,key,step,value\r\n");
    expect(tableFromIPC((await ask(nothing, queryFormats.arrow)).rawPayload).numRows).toBe(0);
    const bytes = (await ask(nothing, queryFormats.parquet)).rawPayload;
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual([]);
  });

  test("the caller's preference counts; what nobody can answer is refused with what can", async () => {
    const answer = await ask(body(), "text/html, text/csv;q=0.5, application/json;q=0.9");
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    const refused = problemOf(await ask(body(), "image/png"));
    expect(refused).toMatchObject({ code: "not_acceptable", errors: [{ path: "headers.accept" }] });
    expect(refused.errors?.[0]?.allowed).toContain("text/csv");
    expect(problemOf(await ask(lossOf(greedy, { group: {} }), queryFormats.frames)).code).toBe("not_acceptable");
  });
});

describe("runs", () => {
  const find = async (payload: object): Promise<RunQueryAnswer> => {
    const answer = await call("queryRuns", { payload });
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json();
  };

  test("come with selected values, whole or as ids, and counted", async () => {
    const query = "schedule.kind = 'constant' and firstAbove('train/loss', 15) is not null order by last('train/loss')";
    const page = await find({ query, select: ["last('train/loss')", "tags.seed"], limit: 2, count: true });
    expect(page).toMatchObject({ ids: constant.slice(0, 2), total: 3, next: expect.any(String) });
    expect(page.runs?.map(({ id }) => id)).toEqual(constant.slice(0, 2));
    expect(page.values).toEqual([
      { select: "last('train/loss')", values: [60, 70] },
      { select: "tags.seed", values: ["0", "1"] },
    ]);
    const rest = await find({ query, runs: false, limit: 10_000, cursor: page.next });
    expect(rest).toEqual({ ids: [constant[2]], runs: null, values: [], next: null, total: null });
  });

  test("a mistake is named with its column and what may stand there", async () => {
    const wrong = problemOf(await call("queryRuns", { payload: { query: "scedule.kind = 'greedy'" } }));
    expect(wrong.errors?.[0]).toMatchObject({
      path: "query",
      message: expect.stringMatching(/^column 1, at "scedule/),
    });
    expect(wrong.errors?.[0]?.allowed?.[0]).toBe("schedule.<…>");
    const select = problemOf(await call("queryRuns", { payload: { select: ["step", "lasst('a')"] } }));
    expect(select.errors?.[0]).toMatchObject({
      path: "select[1]",
      allowed: expect.arrayContaining(["last('series')"]),
    });
    expect(problemOf(await call("queryRuns", { payload: { limit: 501 } })).errors?.[0]?.path).toBe("limit");
    expect(problemOf(await call("queryRuns", { payload: { cursor: "x" } })).code).toBe("invalid_cursor");
    const group = problemOf(await ask(lossOf(greedy, { group: { by: ["nope("] } })));
    expect(group.errors?.[0]?.path).toBe("select[0]");
  });
});

describe("limits", () => {
  test("more than one answer may hold is refused with the figures", async () => {
    const keys = range(64).map((i) => `k${i}`);
    const many = problemOf(
      await ask({ runs: { ids: range(100).map((i) => nobody.replace(/.{4}$/, String(i).padStart(4, "0"))) }, keys }),
    );
    expect(many).toMatchObject({ code: "query_too_large", detail: expect.stringContaining("6400 series") });
    expect(problemOf(await ask(lossOf([long], { width: 20_001 }))).code).toBe("validation_failed");
    expect(problemOf(await ask({ runs: { ids: [] }, keys: ["a"] })).code).toBe("validation_failed");
  });
});

describe("similar", () => {
  const similar = async (payload: object): Promise<SimilarAnswer> => {
    const answer = await call("findSimilar", { payload });
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json();
  };

  test("the nearest rates come first, with the reason of the distance", async () => {
    const { found, searched, pending, shape } = await similar({ like: { runId: constant[1]! } });
    expect([searched, pending, shape.length]).toEqual([6, 0, 32]);
    expect(found.map(({ run }) => run.id)).not.toContain(constant[1]);
    expect(found.at(0)).toMatchObject({ distance: expect.closeTo(found[0]!.distance, 9) });
    const tenfold = found.find(({ run }) => run.id === constant[0])!;
    expect([tenfold.distance, tenfold.scale, tenfold.shapeDistance]).toEqual(
      [1, 10, 0].map((x) => expect.closeTo(x, 5)),
    );
    expect(found.map(({ distance }) => distance)).toEqual(found.map(({ distance }) => distance).sort((a, b) => a - b));
  });

  test("a schedule finds the runs that followed it; scale-free, any multiple of it", async () => {
    const like = { schedule: { kind: "cosine", rate: 0.1 }, steps: 101 };
    const near = await similar({ like, limit: 3 });
    expect(near.found.map(({ run }) => run.id).sort()).toEqual([...greedy].sort());
    const free = await similar({
      like: { rates: range(101).map((t) => 5 * (1 + Math.cos((Math.PI * t) / 101))) },
      scaleFree: true,
      limit: 1,
      query: "tags.seed = '2'",
    });
    expect(free.found).toMatchObject([
      { run: { id: greedy[2] }, distance: expect.closeTo(0, 2), scale: expect.closeTo(0.01, 3) },
    ]);
  });

  test("what has no rates is refused with the reason", async () => {
    expect(problemOf(await call("findSimilar", { payload: { like: { runId: long } } })).code).toBe("series_not_found");
    expect(problemOf(await call("findSimilar", { payload: { like: { runId: nobody } } })).code).toBe("run_not_found");
    const reactive = { like: { schedule: { kind: "greedy", rate: 0.1 }, steps: 10 } };
    expect(problemOf(await call("findSimilar", { payload: reactive })).detail).toMatch(/greedy reacts/);
    const ordered = { like: { rates: [1, 1] }, query: "order by name" };
    expect(problemOf(await call("findSimilar", { payload: ordered })).detail).toMatch(/no order/);
  });
});
