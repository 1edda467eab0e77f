import { bucketise } from "@etude/curves";
import { Problem } from "@etude/contracts";
import { createDatabase } from "@etude/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { points, range, recording } from "./support.ts";

const { url } = await withDatabase();
const db = createDatabase({ url });
afterAll(() => db.close());

const n = 20_000;
const spikes = new Map([
  [3, 1e6],
  [7777, -123.456],
  [12_345, Infinity],
  [19_990, 0.1],
]);
const value = (step: number): number => spikes.get(step) ?? Math.fround(Math.sin(step / 500));
let runId: string;
beforeAll(async () => {
  const { runId: id, recorder } = await recording(db);
  runId = id;
  recorder.push([
    points("train/loss", range(n), value),
    points(
      "irregular",
      range(n / 4).map((i) => 4 * i + (i % 2)),
      value,
    ),
    points("few", range(9, 100, 100), value),
  ]);
  await recorder.flush();
});

async function one(key: string, request: { from?: number; to?: number; width?: number }) {
  const { series } = await db.history.readHistory(runId, { ...request, keys: [key] });
  expect(series).toHaveLength(1);
  return series[0]!;
}
const keptOf = (key: string): [number, number][] => {
  const steps = key === "irregular" ? range(n / 4).map((i) => 4 * i + (i % 2)) : range(n);
  return steps.map((step) => [step, value(step)]);
};

describe("ranges", () => {
  test.each([
    ["train/loss", 0, 0],
    ["train/loss", 500, 1023],
    ["train/loss", 1023, 1024],
    ["train/loss", 1024, 2047],
    ["train/loss", 1000, 5000],
    ["train/loss", 19_500, 30_000],
    ["train/loss", -10, 3],
    ["train/loss", 30_000, 40_000],
    ["irregular", 4095, 4100],
    ["irregular", 100.5, 9999],
  ])("%s from %d to %d is exact", async (key, from, to) => {
    const read = await one(key, { from, to });
    if (read.mode !== "exact") throw new Error("not exact");
    const wanted = keptOf(key).filter(([step]) => step >= from && step <= to);
    expect(Array.from(read.points.steps, (step, i) => [step, read.points.values[i]])).toEqual(wanted);
    expect(read).toMatchObject({
      total: wanted.length,
      firstStep: wanted[0]?.[0] ?? null,
      lastStep: wanted.at(-1)?.[0] ?? null,
    });
    if (wanted.length > 0) expect(read.points.from).toBe(keptOf(key).findIndex(([step]) => step >= from));
  });
});

describe("buckets", () => {
  test("a series that fits is exact, whatever the width", async () => {
    expect(await one("few", { width: 9 })).toMatchObject({ mode: "exact", total: 9 });
    expect(await one("few", { width: 8 })).toMatchObject({ mode: "bucketed", total: 9 });
  });

  test("fine buckets are those of the pure function", async () => {
    const read = await one("train/loss", { width: 1000 });
    if (read.mode !== "bucketed") throw new Error("not bucketed");
    const { key: _, index: __, from, n: count, ...columns } = read.buckets;
    expect(columns).toEqual(bucketise(range(n), range(n).map(value), 1000));
    expect([from, count]).toEqual([0, n]);
  });

  test.each([
    ["train/loss", {}],
    ["irregular", {}],
    ["train/loss", { from: 100, to: 19_000 }],
    ["train/loss", { from: 1500 }],
  ])(
    "coarse buckets of %s keep every spike, sum and count, %o",
    async (key, range_: { from?: number; to?: number }) => {
      const width = 40;
      const read = await one(key, { ...range_, width });
      if (read.mode !== "bucketed") throw new Error("not bucketed");
      const { step, last, min, max, mean, count } = read.buckets;
      const wanted = keptOf(key).filter(([at]) => at >= (range_.from ?? 0) && at <= (range_.to ?? n));
      expect(step.length).toBeLessThanOrEqual(width);
      expect(step.length).toBeGreaterThan(width / 2);
      expect(count.reduce((a, b) => a + b)).toBe(wanted.length);
      let at = 0;
      for (let bucket = 0; bucket < step.length; bucket += 1) {
        const inside = wanted.slice(at, (at += count[bucket]!));
        const finite = inside.map(([, v]) => v).filter(Number.isFinite);
        expect([step[bucket], last[bucket]]).toEqual(inside.at(-1));
        expect([min[bucket], max[bucket]]).toEqual([Math.min(...finite), Math.max(...finite)]);
        expect(mean[bucket]).toBeCloseTo(finite.reduce((a, b) => a + b, 0) / finite.length, 6);
      }
    },
  );

  test("everything after a cursor folds into buckets that continue it", async () => {
    const summary = await db.history.summariseAfter(runId, { attempt: 1, counts: [1500, 0, 9] }, 64);
    expect(summary!.counts).toEqual([n, n / 4, 9]);
    expect(summary!.series.map(({ key, from, n: count }) => [key, from, count])).toEqual([
      ["train/loss", 1500, n - 1500],
      ["irregular", 0, n / 4],
    ]);
    const [loss] = summary!.series;
    expect(loss!.step.length).toBeLessThanOrEqual(64);
    expect(loss!.count.reduce((a, b) => a + b)).toBe(n - 1500);
    expect(loss!.min.reduce((a, b) => Math.min(a, b))).toBe(-123.456);
    expect(loss!.step.at(-1)).toBe(n - 1);
  });
});

describe("asking for what is not there", () => {
  test("an unknown series names those the run has", async () => {
    await expect(db.history.readHistory(runId, { keys: ["nope"] })).rejects.toThrow(
      /"nope".*train\/loss, irregular, few/,
    );
  });
  test("an unknown run is a problem", async () => {
    const nobody = "00000000-0000-7000-8000-000000000000";
    for (const ask of [db.history.readHistory, db.history.summaries, db.history.readLog, db.history.readCursor]) {
      await expect(ask(nobody)).rejects.toThrow(Problem);
    }
  });
  test("reading an empty run is no error", async () => {
    const { runId: empty } = await recording(db);
    expect(await db.history.readHistory(empty)).toMatchObject({ total: 0, series: [] });
    expect(await db.history.summaries(empty)).toEqual([]);
    expect(await db.history.readLog(empty)).toEqual([]);
  });
});

describe("log lines", () => {
  test("are numbered in order, also when written at once", async () => {
    const { runId: id } = await recording(db);
    await Promise.all(
      range(20).map((i) =>
        db.history.appendLog(id, 1, [
          { level: "info", message: `${i}a` },
          { level: "warn", message: `${i}b\u0000` },
        ]),
      ),
    );
    const lines = await db.history.readLog(id);
    expect(lines.map((line) => line.id)).toEqual(range(40, 1));
    for (let i = 0; i < 40; i += 2) expect(lines[i + 1]!.message).toBe(lines[i]!.message.replace("a", "b\uFFFD"));
    expect((await db.history.readLog(id, 38)).map((line) => line.id)).toEqual([39, 40]);
    expect((await db.history.positions([id])).get(id)).toMatchObject({ lines: 40 });
  });
});
