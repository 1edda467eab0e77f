/** Binds a replay schedule to what it replays: the run's id and the hash of its applied rates go into the spec. */
import { type ScheduleSpec, schedulesIn } from "@etude/catalog";
import { isEnded, Problem, RunId, type RunSpec } from "@etude/contracts";
import type { Database } from "@etude/db";
import { sha256Of } from "@etude/service";

type Replay = Extract<ScheduleSpec, { kind: "replay" }>;

const rateKey = "learning-rate";

const replaysIn = (schedule: ScheduleSpec): { spec: Replay; path: string }[] =>
  schedulesIn(schedule).flatMap(({ spec, path }) => (spec.kind === "replay" ? [{ spec, path }] : []));

/** SHA-256 of a run's applied learning rates as little-endian float64, one a step from step 0. */
async function curveHashOf(db: Database, runId: RunId, path: string): Promise<string> {
  const run = await db.runs.get(runId);
  if (!isEnded(run.status))
    throw refused(path, `run ${runId} is ${run.status}: only the curve of a run that has ended can be replayed`);
  const recorded = await db.history.summaries(runId);
  if (!recorded.some(({ key, points }) => key === rateKey && points > 0))
    throw refused(path, `run ${runId} has recorded no learning rate`);
  const { series } = await db.history.readHistory(runId, { keys: [rateKey] });
  const [rates] = series;
  if (rates?.mode !== "exact") throw new Error(`the rates of run ${runId} came in buckets`);
  const { buffer, byteOffset, byteLength } = rates.points.values;
  return sha256Of(new Uint8Array(buffer, byteOffset, byteLength));
}

const refused = (path: string, message: string): Problem =>
  new Problem("combination_refused", message, [{ path, message }]);

/**
 * Returns the spec with every replayed curve's hash filled in, and the runs that it needs. Throws Problem run_not_found,
 * combination_refused.
 */
export async function resolveReplays(db: Database, spec: RunSpec): Promise<{ spec: RunSpec; needs: RunId[] }> {
  const resolved = structuredClone(spec);
  const schedule = "schedule" in resolved ? resolved.schedule : undefined;
  const needs = new Map<RunId, string>();
  for (const { spec: replay, path } of schedule ? replaysIn(schedule) : []) {
    const runId = RunId.safeParse(replay.run);
    if (!runId.success) throw new Problem("run_not_found", `${path}.run: there is no run ${replay.run}.`);
    const hash = needs.get(runId.data) ?? (await curveHashOf(db, runId.data, `${path}.run`));
    if (replay.curveHash !== undefined && replay.curveHash !== hash)
      throw refused(`${path}.curveHash`, `run ${replay.run} has another curve now`);
    needs.set(runId.data, hash);
    Object.assign(replay, { curveHash: hash });
  }
  return { spec: resolved, needs: [...needs.keys()] };
}
