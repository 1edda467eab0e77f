import { type Json, schedulesIn } from "@etude/catalog";
import { policyFile, RunId, type TrainingSpec } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Blobs } from "@etude/service";

/** The weights of the policy, trained here, that the spec's schedule uses; null where it names none. */
export async function learnedPolicy(
  db: Pick<Database, "artifacts">,
  blobs: Pick<Blobs, "get">,
  { schedule }: TrainingSpec,
): Promise<Json> {
  for (const { spec } of schedulesIn(schedule)) {
    const runId = RunId.safeParse(spec.kind === "learned" ? spec.policy : undefined);
    if (!runId.success) continue;
    const found = (await db.artifacts.list(runId.data)).find(({ name }) => name === policyFile);
    const bytes = found && (await blobs.get(found.sha256));
    if (!bytes) throw new Error(`the weights of policy ${runId.data} are gone from the blob store`);
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  }
  return null;
}
