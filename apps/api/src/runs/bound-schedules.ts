/** The schedules of external runs, bound and kept: a run's schedule does not change. */
import {
  assertFollowable,
  bindSchedule,
  type BoundSchedule,
  type Json,
  schedulesIn,
  type ScheduleSpec,
  shippedPolicies,
} from "@etude/catalog";
import { policyFile, Problem, type RunId } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Blobs } from "@etude/service";
import { LRUCache } from "lru-cache";
import { recordedCurves } from "../routes/schedules.ts";

interface Bound {
  readonly kind: string;
  readonly schedule: BoundSchedule;
}
interface Parts {
  readonly db: Database;
  readonly blobs: Blobs;
}

const maxBound = 1000;

const refused = (path: string, message: string): Problem =>
  new Problem("combination_refused", message, [{ path, message }]);

/** The weights of a policy that was trained here; undefined when the schedule needs none. */
async function policyOf({ db, blobs }: Parts, schedule: ScheduleSpec): Promise<Json | undefined> {
  for (const { spec, path } of schedulesIn(schedule)) {
    if (spec.kind !== "learned" || Object.hasOwn(shippedPolicies, spec.policy)) continue;
    const file = (await db.artifacts.list(spec.policy)).find(({ name }) => name === policyFile);
    const bytes = file && (await blobs.get(file.sha256));
    if (!bytes) throw refused(`${path}.policy`, `run ${spec.policy} has left no ${policyFile}`);
    return JSON.parse(Buffer.from(bytes).toString()) as Json;
  }
  return undefined;
}

/** Returns a function that binds the schedule of a run. It throws Problem run_not_found, combination_refused. */
export function boundSchedules(parts: Parts): (runId: RunId) => Promise<Bound> {
  const kept = new LRUCache<string, Bound>({ max: maxBound });
  return async (runId) => {
    const known = kept.get(runId);
    if (known) return known;
    const { spec } = await parts.db.runs.get(runId);
    if (spec.kind !== "external")
      throw new Problem("run_kind_refused", "Etude trains this run and sets its rate itself.");
    const { schedule, horizon, stepsPerEpoch = 1 } = spec;
    if (schedule === undefined) throw refused("schedule", "the run names no schedule that its rates could follow");
    if (horizon === undefined) throw refused("horizon", "the run has no horizon, which a schedule is bound to");
    const curves = await recordedCurves(parts.db, schedule);
    const policy = await policyOf(parts, schedule);
    try {
      const context = { horizon, stepsPerEpoch, groups: ["all"], curves, ...(policy !== undefined && { policy }) };
      const bound = { kind: schedule.kind, schedule: bindSchedule(schedule, context) };
      assertFollowable(bound.schedule, bound.kind);
      kept.set(runId, bound);
      return bound;
    } catch (error) {
      throw refused("schedule", (error as Error).message);
    }
  };
}
