import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Run, TrainingSpecInput } from "@etude/contracts";
import type { Client } from "@etude/sdk";

/** Files by name, for docs/studies. */
export type Report = Readonly<Record<string, string>>;

/**
 * Submits the specs to a study as one batch and resolves with the runs in the same order when all have ended. The batch
 * has its content as its idempotency key, so calling again on the same server finds the same runs.
 */
export async function runAll(client: Client, study: string, specs: readonly TrainingSpecInput[]): Promise<Run[]> {
  const body = { study, runs: [...specs] };
  const idempotencyKey = createHash("sha256").update(JSON.stringify(body)).digest("hex");
  const { runs } = await client.createRuns({ body, idempotencyKey });
  const ended = new Map<string, Run>();
  for (let said = -1; ;) {
    for (const { id } of runs) {
      if (ended.has(id)) continue;
      const run = await client.getRun({ runId: id });
      if (!["completed", "failed", "cancelled"].includes(run.status)) break;
      ended.set(id, run);
    }
    if (ended.size !== said) process.stderr.write(`\r${ended.size} of ${runs.length} runs   `);
    said = ended.size;
    if (ended.size === runs.length) break;
    await sleep(500);
  }
  process.stderr.write("\n");
  return runs.map(({ id }) => ended.get(id) as Run);
}
