/** Binds learned schedules to the policies that they name. */
import { type Json, type ScheduleSpec, schedulesIn } from "@etude/catalog";
import { Problem, RunId, type RunSpec } from "@etude/contracts";
import type { Parts } from "../parts.ts";
import { readPolicy, trainedFile } from "./stored-policies.ts";

/** Ids of policies that were trained here, each with its path. */
const storedIn = (schedule: ScheduleSpec): { id: RunId; path: string }[] =>
  schedulesIn(schedule).flatMap(({ spec, path }) => {
    const id = RunId.safeParse(spec.kind === "learned" ? spec.policy : undefined);
    return id.success ? [{ id: id.data, path: `${path}.policy` }] : [];
  });

const refused = (path: string, message: string): Problem =>
  new Problem("combination_refused", message, [{ path, message }]);

/** Throws Problem combination_refused where a schedule names several policies: a run carries the weights of one. */
function onlyOne(named: readonly { id: RunId; path: string }[]): { id: RunId; path: string } | undefined {
  const [first] = named;
  const other = named.find(({ id }) => id !== first?.id);
  if (other)
    throw refused(other.path, `${other.path}: one schedule may use one stored policy; ${first?.id} is the first`);
  return first;
}

/**
 * Returns the runs whose policies the spec's schedule needs. Throws Problem combination_refused where a policy is unknown
 * or has not been trained.
 */
export async function neededPolicies({ db }: Pick<Parts, "db">, spec: RunSpec): Promise<RunId[]> {
  const schedule = "schedule" in spec ? spec.schedule : undefined;
  const named = schedule && onlyOne(storedIn(schedule));
  if (!named) return [];
  await trainedFile({ db }, named.id).catch((error: unknown) => {
    throw error instanceof Problem && error.code === "unknown_policy" ? refused(named.path, error.message) : error;
  });
  return [named.id];
}

/** Returns the weights of the stored policy that the schedule names, for a preview. Throws Problem unknown_policy. */
export async function policyOf(stores: Pick<Parts, "db" | "blobs">, schedule: ScheduleSpec): Promise<Json | undefined> {
  const named = onlyOne(storedIn(schedule));
  return named && (JSON.parse(JSON.stringify(await readPolicy(stores, named.id))) as Json);
}
