import { createDatabase, type Recorder } from "@etude/db";
import { afterAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { claimNext, points, range, recorderOf, recording } from "./support.ts";

const { url, pool } = await withDatabase();
const db = createDatabase({ url });
afterAll(() => db.close());

const checkpoint = (step: number) => ({
  step,
  file: `${step}.ckpt`,
  sha256: "0".repeat(64),
  bytes: 10,
  backend: "cpu",
});
/** Values that need float64 here and there, and are now and then not finite: sums must still agree to the bit. */
const loss = (step: number): number => (step % 97 === 96 ? Number.NaN : 1 / (1 + step));
const evaluated = (step: number): number => Math.fround(step / 3);

/** Steps `from` … `to − 1` of a run that evaluates every 50 updates. */
function train(recorder: Recorder, from: number, to: number): void {
  recorder.push([
    points("train/loss", range(to - from, from), loss),
    points(
      "validation/loss",
      range(to - from, from).filter((step) => step % 50 === 0),
      evaluated,
    ),
  ]);
}

/** Everything stored of a run's series, bytes included. */
async function stored(runId: string): Promise<unknown> {
  const { rows: series } = await pool.query(
    "select to_jsonb(s) - 'run_id' as row from series s where run_id = $1 order by index",
    [runId],
  );
  const { rows: chunks } = await pool.query(
    "select to_jsonb(c) - 'run_id' as row from series_chunk c where run_id = $1 order by index, chunk",
    [runId],
  );
  return { series, chunks };
}

describe("resuming", () => {
  test.each([0, 1, 500, 1023, 1024, 1025, 2048, 2900, 3000])(
    "a run cut to step %i and trained on is the same, byte for byte, as one never disturbed",
    async (step) => {
      const calm = await recording(db);
      train(calm.recorder, 0, 4000);
      await calm.recorder.flush();

      const { runId, recorder } = await recording(db);
      train(recorder, 0, step);
      if (step > 0) await recorder.registerCheckpoint(checkpoint(step));
      train(recorder, step, 3000);
      await recorder.flush();
      await db.runs.requeue(runId, 1, { why: "killed", loss: true });
      const claim = await claimNext(db, runId);
      expect(claim).toMatchObject({ attempt: 2, resume: step === 0 ? null : checkpoint(step) });
      expect(claim.rewoundTo).toBe(step === 3000 ? null : step);
      const kept = [step, Math.ceil(step / 50)];
      expect(await db.history.readCursor(runId)).toMatchObject({
        attempt: 2,
        counts: kept,
        total: kept[0]! + kept[1]!,
      });
      expect(claim.run).toMatchObject({ step, points: kept[0]! + kept[1]! });

      const resumed = await recorderOf(db, claim);
      train(resumed, step, 4000);
      expect(await resumed.flush()).toMatchObject({ from: kept[0]! + kept[1]!, to: 4080 });
      expect(await stored(runId)).toEqual(await stored(calm.runId));
    },
  );

  test("points after the last checkpoint are cut at the next claim, those flushed with it are not", async () => {
    const { runId, recorder } = await recording(db);
    train(recorder, 0, 700);
    expect(await recorder.registerCheckpoint(checkpoint(700))).toMatchObject({ from: 0, to: 714, obsolete: [] });
    train(recorder, 700, 900);
    await recorder.flush();
    await db.runs.requeue(runId, 1, { why: "killed", loss: true });
    await claimNext(db, runId);
    expect((await db.history.readCursor(runId)).counts).toEqual([700, 14]);
  });

  test("the last two checkpoints are kept, older ones handed back once", async () => {
    const { runId, recorder } = await recording(db);
    const registered: Awaited<ReturnType<Recorder["registerCheckpoint"]>>[] = [];
    for (const step of [100, 200, 300, 400]) {
      train(recorder, step - 100, step);
      registered.push(await recorder.registerCheckpoint(checkpoint(step)));
    }
    const { backend: _, ...file } = checkpoint(0);
    expect(registered.map((one) => (one === "lost" ? one : one.obsolete))).toEqual([
      [],
      [],
      [{ ...file, step: 100, file: "100.ckpt" }],
      [{ ...file, step: 200, file: "200.ckpt" }],
    ]);
    const { rows } = await pool.query("select step from checkpoint where run_id = $1 order by step", [runId]);
    expect(rows).toEqual([{ step: 300 }, { step: 400 }]);
  });

  test("a retry from the start drops the checkpoints and the whole log, and keeps the indices", async () => {
    const { runId, recorder } = await recording(db);
    train(recorder, 0, 1200);
    await recorder.registerCheckpoint(checkpoint(1200));
    await db.runs.finish(runId, 1, { outcome: "failed", failure: { reason: "error", message: "x" } });
    const { run, obsolete } = await db.runs.retry(runId, "start");
    expect(run).toMatchObject({ status: "queued", failure: null, endedAt: null });
    expect(obsolete).toMatchObject([{ step: 1200 }]);
    const claim = await claimNext(db, runId);
    expect(claim).toMatchObject({ attempt: 2, resume: null, rewoundTo: 0 });
    const recorder2 = await recorderOf(db, claim);
    recorder2.push([points("validation/loss", [0], () => 1)]);
    await recorder2.flush();
    expect((await db.history.summaries(runId)).map(({ key, index, points }) => [key, index, points])).toEqual([
      ["train/loss", 0, 0],
      ["validation/loss", 1, 1],
    ]);
  });
});

describe("a reader with a cursor", () => {
  test("learns of every attempt since its own, and keeps what the lowest of them kept", async () => {
    const { runId, recorder } = await recording(db);
    train(recorder, 0, 1000);
    await recorder.registerCheckpoint(checkpoint(1000));
    train(recorder, 1000, 1500);
    await recorder.flush();
    const old = await db.history.readCursor(runId);
    await db.runs.requeue(runId, 1, { why: "killed", loss: true });
    const second = await recorderOf(db, await claimNext(db, runId));
    train(second, 1000, 2000);
    second.push([points("late-comer", [5], () => 1)]);
    await second.registerCheckpoint(checkpoint(2000));
    await db.runs.requeue(runId, 2, { why: "killed", loss: true });
    const third = await recorderOf(db, await claimNext(db, runId));
    train(third, 2000, 2100);
    await third.flush();

    const read = await db.history.readAfter(runId, old);
    expect(read).toMatchObject({ attempt: 3, total: 2143, counts: [2100, 42, 1] });
    expect(read!.rewind).toEqual({
      step: 1000,
      counts: [1000, 20, 0],
      series: [
        { key: "train/loss", index: 0, n: 1000 },
        { key: "validation/loss", index: 1, n: 20 },
        { key: "late-comer", index: 2, n: 0 },
      ],
    });
    expect(read!.series.map(({ key, from, steps }) => [key, from, steps.length])).toEqual([
      ["train/loss", 1000, 1100],
      ["validation/loss", 20, 22],
      ["late-comer", 0, 1],
    ]);
  });

  test("reads in pages that together are the log", async () => {
    const { runId, recorder } = await recording(db);
    train(recorder, 0, 5000);
    recorder.push([
      points(
        "irregular",
        range(3000).map((i) => i * i),
        (step) => step,
      ),
    ]);
    await recorder.flush();
    const got = new Map<string, { steps: number[]; values: number[] }>();
    let counts: number[] = [0, 0, 0];
    for (let page = 0; ; page += 1) {
      const read = await db.history.readAfter(runId, { attempt: 1, counts }, 2048);
      if (read!.series.length === 0) break;
      expect(read!.series.reduce((sum, { steps }) => sum + steps.length, 0)).toBeLessThanOrEqual(2048);
      for (const { key, index, from, steps, values } of read!.series) {
        expect(from).toBe(counts[index]);
        counts = counts.with(index, from + steps.length);
        const all = got.get(key) ?? { steps: [], values: [] };
        all.steps.push(...steps);
        all.values.push(...values);
        got.set(key, all);
      }
    }
    const { series } = await db.history.readHistory(runId);
    for (const one of series) {
      if (one.mode !== "exact") throw new Error("not exact");
      expect(got.get(one.key)).toEqual({ steps: [...one.points.steps], values: [...one.points.values] });
    }
    expect(counts).toEqual([5000, 100, 3000]);
  });

  test("that claims points the log never had starts over", async () => {
    const { runId, recorder } = await recording(db);
    train(recorder, 0, 10);
    await recorder.flush();
    for (const cursor of [
      { attempt: 9, counts: [3] },
      { attempt: 1, counts: [11] },
      { attempt: 1, counts: [1, 1, 1] },
    ]) {
      const read = await db.history.readAfter(runId, cursor);
      expect(read).toMatchObject({ rewind: { step: 0, counts: [0, 0] }, series: [{ from: 0 }, { from: 0 }] });
    }
  });

  test("of a run that is gone gets null", async () => {
    expect(await db.history.readAfter("00000000-0000-7000-8000-000000000000", { attempt: 1, counts: [] })).toBeNull();
  });
});
