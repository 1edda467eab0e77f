import { schedulesIn } from "@etude/catalog";
import type { TrainingSpec } from "@etude/contracts";
import type { Database } from "@etude/db";

/** The applied rates of every run that the spec's schedule replays, one value a step, by run id; empty without one. */
export async function replayedCurves(db: Database, spec: TrainingSpec): Promise<Record<string, Float64Array>> {
  const curves: Record<string, Float64Array> = {};
  for (const { spec: replay } of schedulesIn(spec.schedule)) {
    if (replay.kind !== "replay" || replay.run in curves) continue;
    const { series } = await db.history.readHistory(replay.run, { keys: ["learning-rate"] });
    const rates = series[0];
    if (rates?.mode !== "exact") throw new Error(`run ${replay.run} has no recorded learning rate`);
    curves[replay.run] = rates.points.values;
  }
  return curves;
}
