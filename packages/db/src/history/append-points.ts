import { maxSeries, type PointsReceipt, Problem, type RunStatus } from "@etude/contracts";
import type { Pool } from "pg";
import { inTransaction, type Queryable, rowsOf, type Statement } from "../pool.ts";
import { noteAlive } from "../sql/stale.ts";
import type { Appended, Database, HeldStatus, NewPoints } from "../types.ts";
import { loadSeries } from "./load-series.ts";
import { OpenRuns } from "./open-runs.ts";
import { OpenSeries } from "./open-series.ts";
import { RunRecorder } from "./recorder.ts";
import { seriesState } from "./series-state.ts";

interface Held {
  readonly kind: string;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly appends: number;
}

const hold: Statement = {
  name: "run-hold",
  text: "select kind, status, attempt, appends from run where id = $1 and deleted_at is null for update",
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

/** Notes that the run's client is there. */
async function alive(
  { attempt, appends }: RunRecorder,
  on: Queryable,
  runId: string,
): Promise<{ readonly status: HeldStatus } | undefined> {
  const [row] = await rowsOf<{ status: HeldStatus }>(on, noteAlive, [runId, attempt, appends]);
  return row;
}

/** The points go behind what the recorder knows; undefined when that is no longer how the log stands. */
async function appendTo(
  recorder: RunRecorder,
  on: Queryable,
  runId: string,
  { series }: NewPoints,
): Promise<Appended | undefined> {
  const taken = take(recorder, series);
  const changed = taken.some(({ accepted, late }) => accepted + late > 0);
  const flushed = changed ? await recorder.flush(on) : null;
  if (flushed === "lost") return undefined;
  const held = flushed ?? (await alive(recorder, on, runId));
  if (!held) return undefined;
  const status = held.status === "cancelling" ? "cancelling" : "running";
  const receipt = { status, attempt: recorder.attempt, points: recorder.total, series: taken } as const;
  return { receipt, flushed: flushed && flushed.to > flushed.from ? flushed : null };
}

/** As appendTo, without a round trip before it; undefined whenever it takes a look at the database to tell. */
async function appendAtOnce(
  recorder: RunRecorder,
  on: Queryable,
  runId: string,
  points: NewPoints,
): Promise<Appended | undefined> {
  if (points.attempt !== undefined && points.attempt !== recorder.attempt) return undefined;
  try {
    return await appendTo(recorder, on, runId, points);
  } catch (error) {
    // A gap, say, where another process has filled it.
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/**
 * See Database.appendPoints. A run that this process knows is appended to in one statement, whose fence tells when
 * somebody else has changed the run since; then, and at first, its state is read under the row's lock.
 */
export function appendPoints(pool: Pool): Database["appendPoints"] {
  const runs = new OpenRuns();
  return (runId, points) =>
    runs.inTurn(runId, async (kept) => {
      const appended = kept && (await appendAtOnce(kept, pool, runId, points));
      if (appended) return { keep: kept, result: appended };
      return inTransaction(pool, async (client) => {
        const [run] = await rowsOf<Held & Record<string, unknown>>(client, hold, [runId]);
        assertOpen(run, runId, points.attempt);
        const stored = await loadSeries(client, runId);
        const open = stored.map(({ row, chunks }) => new OpenSeries(seriesState(row, chunks)));
        const { attempt, appends } = run;
        const keep = new RunRecorder({ on: pool, runId, attempt, leaseMs: null, appends }, open);
        const result = await appendTo(keep, client, runId, points);
        if (!result) throw new Problem("attempt_over");
        return { keep, result };
      });
    });
}
