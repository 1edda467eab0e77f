import type { History, SeriesBuckets } from "@etude/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HistoryBuffer, type LiveEvent, type PointsEvent } from "../src/index.ts";

const runId = "run";
const keys = ["train/loss", "learning-rate", "validation/loss"];

interface Log {
  readonly steps: number[];
  readonly values: number[];
}

/** The slice [from, to) of a recorded series, folded into buckets of `size` points. */
function buckets(log: Log, index: number, from: number, to: number, size: number): SeriesBuckets {
  const columns = { step: [], last: [], min: [], max: [], mean: [], count: [] } as Record<string, number[]>;
  for (let start = from; start < to; start += size) {
    const end = Math.min(to, start + size);
    const values = log.values.slice(start, end);
    columns["step"]?.push(log.steps[end - 1] as number);
    columns["last"]?.push(values.at(-1) as number);
    columns["min"]?.push(Math.min(...values));
    columns["max"]?.push(Math.max(...values));
    columns["mean"]?.push(values.reduce((sum, value) => sum + value, 0) / values.length);
    columns["count"]?.push(values.length);
  }
  const typed = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, Float64Array.from(column)]));
  return { key: keys[index] as string, index, from, n: to - from, ...typed } as SeriesBuckets;
}

const appended = (attempt: number, series: PointsEvent["series"]): PointsEvent =>
  ({ type: "points-appended", runId, attempt, from: 0, to: 0, cursor: `c${attempt}`, series }) as PointsEvent;

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      series: fc.nat(2),
      n: fc.integer({ min: 1, max: 400 }),
      again: fc.nat(60),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("summarise" as const),
      series: fc.nat(2),
      n: fc.integer({ min: 1, max: 300 }),
      size: fc.integer({ min: 1, max: 17 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("rewind" as const), keep: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);

describe("HistoryBuffer", () => {
  it("holds exactly the log after any mix of points, repeats, summaries and rewinds", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const buffer = new HistoryBuffer(runId);
        const logs: Log[] = keys.map(() => ({ steps: [], values: [] }));
        const summarised = [false, false, false];
        let attempt = 1;
        let drawn = 0;
        for (const act of actions) {
          if (act.kind === "rewind") {
            attempt += 1;
            const series = logs.map((log, index) => {
              const n = Math.floor(log.steps.length * act.keep);
              log.steps.length = n;
              log.values.length = n;
              return { key: keys[index] as string, index, n };
            });
            buffer.apply({ type: "history-rewound", runId, attempt, step: 0, cursor: "r", series } as LiveEvent);
            continue;
          }
          const log = logs[act.series] as Log;
          const have = log.steps.length;
          for (let i = 0; i < act.n; i += 1) {
            log.steps.push((log.steps.at(-1) ?? -1) + 1 + (drawn % 3));
            log.values.push(Math.fround(Math.sin((drawn += 1))));
          }
          if (act.kind === "append") {
            const from = Math.max(0, have - act.again);
            const series = {
              key: keys[act.series] as string,
              index: act.series,
              from,
              steps: Float64Array.from(log.steps.slice(from)),
              values: Float64Array.from(log.values.slice(from)),
            };
            expect(buffer.apply(appended(attempt, [series]))).toBe(true);
            expect(buffer.apply(appended(attempt, [series]))).toBe(false);
          } else {
            summarised[act.series] = true;
            const series = [buckets(log, act.series, have, have + act.n, act.size)];
            buffer.apply({ ...appended(attempt, []), type: "points-summarised", series } as PointsEvent);
          }
        }
        for (const [index, log] of logs.entries()) {
          const view = buffer.get(keys[index] as string);
          expect(view?.points ?? 0).toBe(log.steps.length);
          if (view === undefined) continue;
          const { steps, values, min, max, mean } = view;
          for (const column of [values, min, max, mean]) expect(column).toHaveLength(steps.length);
          if (!summarised[index]) {
            expect([...steps]).toEqual(log.steps);
            expect([...values]).toEqual(log.values);
            expect(min).toEqual(values);
          }
          let before = -1;
          for (const [i, step] of steps.entries()) {
            const at = log.steps.indexOf(step, before + 1);
            expect(at).toBeGreaterThan(before);
            expect(values[i]).toBe(log.values[at]);
            if (!view.incomplete) {
              const covered = log.values.slice(before + 1, at + 1);
              expect(min[i]).toBe(Math.min(...covered));
              expect(max[i]).toBe(Math.max(...covered));
            }
            before = at;
          }
          if (!view.incomplete && steps.length > 0) expect(steps.at(-1)).toBe(log.steps.at(-1));
        }
      }),
      { numRuns: 80 },
    );
  });

  const points = (from: number, ...values: number[]) =>
    appended(1, [
      {
        key: "train/loss",
        index: 0,
        from,
        steps: Float64Array.from(values, (_, i) => from + i),
        values: Float64Array.from(values),
      },
    ]);

  it("throws when points are missing, and ignores other runs and older attempts", () => {
    const buffer = new HistoryBuffer(runId);
    expect(buffer.apply(points(0, 1, 2))).toBe(true);
    expect(() => buffer.apply(points(3, 1))).toThrow(RangeError);
    expect(buffer.apply({ ...points(2, 9), runId: "other" } as LiveEvent)).toBe(false);
    expect(buffer.apply({ ...points(2, 9), attempt: 0 } as LiveEvent)).toBe(false);
    expect(buffer.apply({ type: "connection-opened" })).toBe(false);
    expect(buffer).toMatchObject({ version: 1, cursor: "c1", attempt: 1, points: 2 });
  });

  it("marks a series whose summary a rewind cut, and goes on after it", () => {
    const buffer = new HistoryBuffer(runId);
    buffer.apply(points(0, 5, 4, 3));
    const log = { steps: [0, 1, 2, 3, 4, 5], values: [5, 4, 3, 2, 1, 0] };
    buffer.apply({ ...appended(1, []), type: "points-summarised", series: [buckets(log, 0, 3, 6, 3)] } as PointsEvent);
    expect(buffer.get("train/loss")).toMatchObject({ exact: false, incomplete: false, points: 6 });
    const series = [{ key: "train/loss", index: 0, n: 4 }];
    buffer.apply({ type: "history-rewound", runId, attempt: 2, step: 4, cursor: "r", series } as LiveEvent);
    const cut = buffer.get("train/loss");
    expect(cut).toMatchObject({ points: 4, incomplete: true });
    expect([...(cut?.steps ?? [])]).toEqual([0, 1, 2]);
    buffer.apply({ ...points(4, 7), attempt: 2 } as LiveEvent);
    expect([...(buffer.get("train/loss")?.values ?? [])]).toEqual([5, 4, 3, 7]);
  });

  it("loads answers of getHistory, exact and bucketed, and continues from them", () => {
    const buffer = new HistoryBuffer(runId);
    buffer.apply(points(0, 1));
    const range = { firstStep: 0, lastStep: 3 };
    const history = {
      runId,
      attempt: 3,
      cursor: "h",
      series: [
        { key: "train/loss", mode: "exact", total: 2, ...range, points: { step: [0, 1], value: [1, "NaN"] } },
        {
          key: "learning-rate",
          mode: "bucketed",
          total: 4,
          ...range,
          points: { step: [1, 3], last: [1, 2], min: [0, 2], max: [1, "Infinity"], mean: [0.5, 2], count: [2, 2] },
        },
      ],
    } as unknown as History;
    buffer.load(history);
    expect(buffer.keys()).toEqual(["train/loss", "learning-rate"]);
    expect([...(buffer.get("train/loss")?.values ?? [])]).toEqual([1, Number.NaN]);
    expect(buffer.get("learning-rate")).toMatchObject({ points: 4, exact: false });
    expect([...(buffer.get("learning-rate")?.max ?? [])]).toEqual([1, Number.POSITIVE_INFINITY]);
    expect(buffer.apply({ ...points(2, 8), attempt: 3 } as LiveEvent)).toBe(true);
    expect([...(buffer.get("train/loss")?.values ?? [])]).toEqual([1, Number.NaN, 8]);
  });
});
