import { createDatabase } from "@etude/db";
import { afterAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { claimNext, points, range, recorderOf, recording } from "./support.ts";

const { url, pool } = await withDatabase();
const db = createDatabase({ url });
afterAll(() => db.close());

async function exact(runId: string, key: string): Promise<[number, number][]> {
  const { series } = await db.history.readHistory(runId, { keys: [key] });
  const [one] = series;
  if (one?.mode !== "exact") throw new Error("not exact");
  return Array.from(one.points.steps, (step, i) => [step, one.points.values[i]!]);
}

describe("writing", () => {
  test("points come back exactly over chunk borders, whatever the flush sizes", async () => {
    const { runId, recorder } = await recording(db);
    const value = (step: number): number => Math.fround(Math.sin(step));
    for (const [from, n] of [
      [0, 1],
      [1, 1022],
      [1023, 1],
      [1024, 2048],
      [3072, 700],
    ] as const) {
      recorder.push([points("train/loss", range(n, from), value)]);
      expect(await recorder.flush()).toMatchObject({ from, to: from + n, status: "running" });
    }
    expect(await exact(runId, "train/loss")).toEqual(range(3772).map((step) => [step, value(step)]));
    const { rows } = await pool.query(
      "select chunk, enc, stride, octet_length(vals) as bytes from series_chunk where run_id = $1 order by chunk",
      [runId],
    );
    expect(rows).toEqual([0, 1, 2].map((chunk) => ({ chunk, enc: 4, stride: 1, bytes: 4096 })));
    expect(await db.runs.get(runId)).toMatchObject({ points: 3772, step: 3772 });
  });

  test("a chunk that is filled while a flush is under way is not lost", async () => {
    const { runId, recorder } = await recording(db);
    recorder.push([points("train/loss", range(1500), (step) => step)]);
    const first = recorder.flush();
    // The flush has taken its picture: these fill the second chunk, and begin a third, behind its back.
    await Promise.resolve();
    recorder.push([points("train/loss", range(1000, 1500), (step) => step)]);
    expect(await first).toMatchObject({ from: 0, to: 1500 });
    expect(await recorder.flush()).toMatchObject({ from: 1500, to: 2500 });
    expect(await exact(runId, "train/loss")).toEqual(range(2500).map((step) => [step, step]));
  });

  test("values that float32 would round are kept as float64; NaN, infinities and subnormals survive", async () => {
    const { runId, recorder } = await recording(db);
    const odd = [0.1, Number.NaN, Infinity, -Infinity, 5e-324, -0, 1e308, 1 / 3];
    recorder.push([
      { key: "a", steps: Float64Array.from(odd, (_, i) => i), values: Float64Array.from(odd) },
      points("b", range(3), () => Number.NaN),
    ]);
    await recorder.flush();
    expect((await exact(runId, "a")).map(([, value]) => value)).toEqual(odd);
    expect(await db.history.summaries(runId)).toMatchObject([
      { key: "a", index: 0, points: 8, nonFinite: 3, min: 0, max: 1e308, maxStep: 6, last: 1 / 3 },
      { key: "b", index: 1, points: 3, nonFinite: 3, min: null, max: null, mean: null, last: "NaN" },
    ]);
    for (const [step, value] of odd.entries()) {
      expect((await db.history.valuesAt([runId], "a", step)).get(runId)).toBe(value);
    }
  });

  test("irregular and fractional steps are kept, in the tail and sealed", async () => {
    const { runId, recorder } = await recording(db);
    const steps = range(1500).map((i) => i * i + (i % 3) / 4);
    recorder.push([points("validation/loss", steps, (step) => step / 7)]);
    await recorder.flush();
    expect(await exact(runId, "validation/loss")).toEqual(steps.map((step) => [step, step / 7]));
    for (const at of [0, 1, 1023, 1024, 1499]) {
      expect((await db.history.valuesAt([runId], "validation/loss", steps[at]!)).get(runId)).toBe(steps[at]! / 7);
    }
    expect(await db.history.valuesAt([runId], "validation/loss", 2)).toEqual(new Map());
  });

  test("late steps are refused and counted, and the first value of a step stays", async () => {
    const { runId, recorder } = await recording(db);
    recorder.push([points("train/loss", [0, 1, 2], (step) => step)]);
    recorder.push([points("train/loss", [2, 1, 3, Number.NaN, Infinity], () => 9)]);
    await recorder.flush();
    recorder.push([points("train/loss", [3], () => 10)]);
    await recorder.flush();
    expect(await exact(runId, "train/loss")).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 9],
    ]);
    expect(await db.history.summaries(runId)).toMatchObject([{ points: 4, late: 5 }]);
  });

  test("the summary is that of all points", async () => {
    const { runId, recorder } = await recording(db);
    const steps = range(2500, 0, 2);
    const value = (step: number): number =>
      step === 2222 ? -50 : step === 888 ? Number.NaN : Math.cos(step / 100) * 3;
    recorder.push([points("x", steps, value)]);
    await recorder.flush();
    const finite = steps.map(value).filter(Number.isFinite);
    const [summary] = await db.history.summaries(runId);
    expect(summary).toMatchObject({
      points: 2500,
      firstStep: 0,
      lastStep: 4998,
      min: -50,
      minStep: 2222,
      max: 3,
      maxStep: 0,
      nonFinite: 1,
    });
    expect(summary!.mean).toBeCloseTo(finite.reduce((sum, one) => sum + one, 0) / finite.length, 10);
    const { rows } = await pool.query("select area from series where run_id = $1", [runId]);
    let area = 0;
    for (const step of steps.slice(1)) if (step !== 888 && step !== 890) area += value(step) + value(step - 2);
    expect(rows[0].area).toBeCloseTo(area, 6);
  });

  test("series get their index in the order of their first point, also within one flush", async () => {
    const { runId, recorder } = await recording(db);
    recorder.push([points("b", [0], () => 1), points("a", [0], () => 1)]);
    await recorder.flush();
    recorder.push([points("c", [0], () => 1), points("a", [1], () => 1)]);
    await recorder.flush();
    expect((await db.history.summaries(runId)).map(({ key, index }) => [index, key])).toEqual([
      [0, "b"],
      [1, "a"],
      [2, "c"],
    ]);
    expect(await db.history.readCursor(runId)).toMatchObject({ attempt: 1, total: 4, counts: [1, 2, 1] });
  });
});

describe("re-sending", () => {
  test("a flush whose answer was lost is sent again and changes nothing", async () => {
    const { runId, recorder } = await recording(db);
    recorder.push([points("train/loss", range(1500), (step) => step)]);
    await recorder.flush();
    recorder.push([points("train/loss", range(1500, 1500), (step) => step)]);
    // The server commits, the connection dies before the answer.
    await pool.query(
      `create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return null; end $$`,
    );
    await pool.query(
      "create constraint trigger slow after update on run deferrable initially immediate for each row execute function slow()",
    );
    const failing = expect(recorder.flush()).rejects.toThrow();
    for (;;) {
      const { rows } = await pool.query(
        "select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
      );
      if (rows[0]) {
        await pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
        break;
      }
    }
    await failing;
    await pool.query("drop trigger slow on run");
    recorder.push([points("train/loss", range(10, 3000), (step) => step)]);
    expect(await recorder.flush()).toMatchObject({ from: 1500, to: 3010 });
    expect(await exact(runId, "train/loss")).toEqual(range(3010).map((step) => [step, step]));
  });

  test("two recorders of one attempt that write the same state leave one log", async () => {
    const { runId, claim, recorder } = await recording(db);
    const again = await recorderOf(db, claim);
    const all = [
      points("train/loss", range(2100), (step) => step / 3),
      points("learning-rate", range(2100), () => 0.1),
    ];
    for (const one of [recorder, again]) one.push(all);
    expect(await Promise.all([recorder.flush(), again.flush()])).toMatchObject([{ to: 4200 }, { to: 4200 }]);
    expect(await exact(runId, "train/loss")).toEqual(range(2100).map((step) => [step, step / 3]));
    expect(await db.history.readCursor(runId)).toMatchObject({ total: 4200, counts: [2100, 2100] });
  });

  test("an older state that arrives late changes nothing", async () => {
    const { runId, claim, recorder } = await recording(db);
    const stale = await recorderOf(db, claim);
    stale.push([points("train/loss", range(5), () => 7)]);
    recorder.push([points("train/loss", range(9), () => 8)]);
    await recorder.flush();
    expect(await stale.flush()).toBe("lost");
    expect(await exact(runId, "train/loss")).toEqual(range(9).map((step) => [step, 8]));
  });

  test("the piece of a flush is what the log gained", async () => {
    const { runId, recorder } = await recording(db);
    recorder.push([points("a", range(1500), (step) => step)]);
    await recorder.flush();
    recorder.push([points("a", range(1000, 1500), (step) => step), points("b", [4], () => 1)]);
    const flushed = await recorder.flush();
    if (flushed === "lost") throw new Error("lost");
    const read = await db.history.readAfter(runId, { attempt: 1, counts: [1500] });
    expect(flushed.piece.series).toEqual(read!.series);
    expect(flushed.piece).toMatchObject({ from: 1500, to: 2501, attempt: 1 });
    expect(flushed.piece.cursor).toBe((await db.history.readCursor(runId)).cursor);
  });
});

describe("the fence", () => {
  test("a worker that lost its run writes nothing: points, checkpoints, log lines, endings", async () => {
    const { runId, claim, recorder } = await recording(db);
    recorder.push([points("train/loss", range(1000), () => 1)]);
    await recorder.flush();
    await db.runs.requeue(runId, 1, { why: "test", loss: true });
    const next = await claimNext(db, runId);
    recorder.push([points("train/loss", range(3000, 1000), () => 666)]);
    expect(await recorder.flush()).toBe("lost");
    expect(await recorder.registerCheckpoint({ step: 4000, file: "x", sha256: "x", bytes: 1 })).toBe("lost");
    expect(await db.history.appendLog(runId, 1, [{ level: "info", message: "zombie" }])).toBe("lost");
    expect(await db.runs.finish(runId, 1, { outcome: "completed" })).toBe("lost");
    expect(await db.runs.renewLease(runId, 1)).toBe("lost");
    expect(await db.openRecorder(runId, claim.attempt)).toBe("lost");
    expect((await db.history.readCursor(runId)).counts).toEqual([0]);
    expect(next.resume).toBeNull();
    const { rows } = await pool.query("select count(*)::int as n from series_chunk where run_id = $1", [runId]);
    expect(rows).toEqual([{ n: 0 }]);
  });

  test("a cancelled run tells its writer, and accepts points until it has ended", async () => {
    const { runId, recorder } = await recording(db);
    await db.runs.requestCancel(runId);
    recorder.push([points("train/loss", [0], () => 1)]);
    expect(await recorder.flush()).toMatchObject({ status: "cancelling", to: 1 });
    await db.runs.finish(runId, 1, { outcome: "cancelled" });
    expect(await recorder.flush()).toBe("lost");
  });
});
