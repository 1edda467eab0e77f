import type { TrainingSpec } from "@etude/contracts";
import type { Database } from "@etude/db";
import { schedulesIn } from "@etude/catalog";

/** The applied rate of the run that a replay schedule names, one value a step; null when the spec replays nothing. */
export async function replayedCurve(db: Database, spec: TrainingSpec): Promise<Float64Array | null> {
  const replay = schedulesIn(spec.schedule).find(({ spec }) => spec.kind === "replay")?.spec;
  if (replay?.kind !== "replay") return null;
  const { series } = await db.history.readHistory(replay.run, { keys: ["learning-rate"] });
  const rates = series[0];
  if (rates?.mode !== "exact") throw new Error(`run ${replay.run} has no recorded learning rate`);
  return rates.points.values;
}
