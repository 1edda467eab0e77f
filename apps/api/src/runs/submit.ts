import type { Run, RunId, RunSpec } from "@etude/contracts";
import type { Database, Idempotency } from "@etude/db";
import type { Bus, Logger, Queueing, Settings } from "@etude/service";
import { setTimeout as sleep } from "node:timers/promises";
import { resolveUploads } from "../uploads/resolve.ts";
import { announce } from "./announce.ts";
import { assertCombinations } from "./combination.ts";
import { resolveContinueFrom } from "./continue-from.ts";
import { deliver, deliveriesOf } from "./deliver.ts";
import { neededPolicies } from "../policies/resolve-policies.ts";
import { resolveReplays } from "./replays.ts";

export interface SubmitParts {
  readonly db: Database;
  readonly queueing: Queueing;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly settings: Pick<Settings, "datasetMaxBytes">;
}

export interface Submission {
  readonly specs: readonly RunSpec[];
  /** Id or name of the study. */
  readonly study?: string | undefined;
  readonly clonedFrom?: RunId;
  readonly idempotency?: Idempotency | undefined;
  /** Path of each spec in the request, for messages. */
  readonly at?: (index: number) => string;
}

/** How long an answer waits for the queue; a run that is not delivered by then is queued all the same. */
const queueWaitMs = 1000;

/** Gives runs to the queue; resolves when they are there, or soon if the queue is away. */
export async function enqueue(parts: SubmitParts, runs: readonly Run[]): Promise<void> {
  const deliveries = deliveriesOf(runs);
  if (deliveries.length === 0) return;
  await Promise.race([deliver(parts, deliveries), sleep(queueWaitMs, undefined, { ref: false })]);
}

/**
 * Checks the runs, writes their rows, then gives them to the queue. All or none. Throws Problem combination_refused,
 * dataset_refused, run_not_found, upload_not_found, study_not_found, idempotency_conflict.
 */
export async function submit(parts: SubmitParts, submission: Submission): Promise<Run[]> {
  const { specs, study, clonedFrom, idempotency, at = () => "" } = submission;
  const onData = await Promise.all(
    specs.map((spec, index) => resolveUploads(parts.db, spec, parts.settings, at(index))),
  );
  assertCombinations(
    onData.map(({ spec }) => spec),
    at,
  );
  const resolved = await Promise.all(
    onData.map(async ({ spec, uploads }, index) => {
      const replays = await resolveReplays(parts.db, await resolveContinueFrom(parts.db, spec, at(index)));
      const policies = await neededPolicies(parts, spec);
      return { spec: replays.spec, needs: [...replays.needs, ...policies], uploads };
    }),
  );
  const studyId = study === undefined ? null : await parts.db.studies.resolve(study);
  const news = resolved.map((run) => ({ ...run, studyId, clonedFrom: clonedFrom ?? null }));
  const { runs, created } = await parts.db.runs.create(news, idempotency);
  if (!created) return runs;
  await enqueue(parts, runs);
  for (const run of runs) announce(parts.bus, "created", run);
  return runs;
}
