import { maxSeries, type PointsReceipt, Problem, type RunStatus } from "@etude/contracts";
import type { Pool } from "pg";
import { inTransaction, rowsOf, type Statement } from "../pool.ts";
import type { Database, NewPoints } from "../types.ts";
import { loadSeries } from "./load-series.ts";
import { OpenSeries } from "./open-series.ts";
import { RunRecorder } from "./recorder.ts";
import { seriesState } from "./series-state.ts";

interface Held {
  readonly kind: string;
  readonly status: RunStatus;
  readonly attempt: number;
}

const hold: Statement = {
  name: "run-hold",
  text: "select kind, status, attempt from run where id = $1 and deleted_at is null for update",
};

function assertOpen(run: Held | undefined, runId: string, attempt: number | undefined): asserts run is Held {
  if (!run) throw new Problem("run_not_found", `No run ${runId}.`);
  if (run.kind !== "external") throw new Problem("run_kind_refused", "Etude trains this run and records it itself.");
  if (run.status !== "running" && run.status !== "cancelling")
    throw new Problem("run_not_active", `The run is ${run.status}: its history is closed.`);
  if (attempt !== undefined && attempt !== run.attempt)
    throw new Problem("attempt_over", `The points belong to attempt ${attempt}; the run is at attempt ${run.attempt}.`);
}

const gap = (index: number, key: string, from: number, points: number): Problem => {
  const message = `${key} has ${points} points: the next ordinal is ${points}, got ${from}`;
  return new Problem("points_gap", message, [
    { path: `series[${index}].from`, message: `must be at most ${points}, got ${from}`, allowed: [points] },
  ]);
};

const tooMany = (index: number, key: string): Problem => {
  const message = `a run has at most ${maxSeries} series, and ${key} is one more`;
  return new Problem("validation_failed", message, [{ path: `series[${index}].key`, message }]);
};

/** Puts each stretch behind its series, less what the series has already; says what became of it. */
function take(recorder: RunRecorder, series: NewPoints["series"]): PointsReceipt["series"] {
  return series.map(({ key, from, steps, values }, index) => {
    const before = recorder.pointsOf(key);
    if (from > before) throw gap(index, key, from, before);
    const known = Math.min(before - from, values.length);
    const fresh = values.length - known;
    if (fresh > 0) recorder.push([{ key, steps: steps.subarray(known), values: values.subarray(known) }]);
    if (recorder.seriesCount > maxSeries) throw tooMany(index, key);
    const points = recorder.pointsOf(key);
    return { key, points, accepted: points - before, known, late: fresh - (points - before) };
  });
}

/** See Database.appendPoints: the row's lock makes writers take turns, and each reads what the one before it left. */
export const appendPoints =
  (pool: Pool): Database["appendPoints"] =>
  (runId, { attempt, series }) =>
    inTransaction(pool, async (client) => {
      const [run] = await rowsOf<Held & Record<string, unknown>>(client, hold, [runId]);
      assertOpen(run, runId, attempt);
      const stored = await loadSeries(client, runId);
      const open = stored.map(({ row, chunks }) => new OpenSeries(seriesState(row, chunks)));
      const recorder = new RunRecorder(client, runId, run.attempt, null, open);
      const taken = take(recorder, series);
      const changed = taken.some(({ accepted, late }) => accepted + late > 0);
      const flushed = changed ? await recorder.flush() : null;
      if (flushed === "lost") throw new Problem("attempt_over");
      const receipt = { status: run.status, attempt: run.attempt, points: recorder.total, series: taken };
      return { receipt, flushed: flushed && flushed.to > flushed.from ? flushed : null };
    });
