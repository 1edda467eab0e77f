import { Problem, type Run } from "@etude/contracts";
import type { Database, SeriesColumns } from "@etude/db";
import { type Column, type LossCurve, recordedCurve } from "@etude/learning/law";

/** Buckets that a long history is read in: many more than a law keeps rows. */
const width = 4000;

/** One column of a series; of a long one the means of buckets, at their last steps. */
export const columnOf = (series: SeriesColumns): Column =>
  series.mode === "exact"
    ? { step: series.points.steps, value: series.points.values }
    : { step: series.buckets.step, value: series.buckets.mean };

/** Reads series of a run, in the order asked for. Throws Problem run_not_found, series_not_found. */
export async function readColumns(db: Database, runId: string, keys: readonly string[]): Promise<Column[]> {
  const { series } = await db.history.readHistory(runId, { keys, width });
  return keys.map((key) => columnOf(series.find((one) => one.key === key)!));
}

/** Reads what a law is fitted to. Throws Problem, LawError invalid-curve. */
export async function readRunCurve(db: Database, runId: string): Promise<LossCurve> {
  const [rate, loss] = await readColumns(db, runId, ["learning-rate", "train/loss"]);
  return recordedCurve(runId, rate!, loss!);
}

/** What is trained, whatever the schedule, the seed and the length. */
const taskOf = ({ spec }: Run): string => {
  if (spec.kind === "training") {
    const { dataset, model, optimizer, batchSize } = spec;
    return JSON.stringify({ dataset, model, optimizer, batchSize });
  }
  if (spec.kind === "external") {
    const { dataset, model, optimizer } = spec;
    return JSON.stringify({ dataset, model, optimizer });
  }
  throw new Problem("runs_differ", `A run of kind ${spec.kind} trains no model that a law could be of`);
};

/** Throws Problem runs_differ unless all runs train one task. */
export function assertOneTask([first, ...others]: readonly Run[]): void {
  if (!first) return;
  const task = taskOf(first);
  const other = others.find((run) => taskOf(run) !== task);
  if (other) throw new Problem("runs_differ", `Run ${other.id} trains another task than run ${first.id}`);
}
