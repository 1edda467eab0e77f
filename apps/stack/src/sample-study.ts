import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../../examples/sample-study.json", import.meta.url));

/**
 * Queues the sample study when there is no run at all, so that curves are moving on the first page a user opens.
 * Returns how many runs were queued.
 */
export async function queueSampleStudy(url: string, adminKey: string | undefined): Promise<number> {
  const headers = { "content-type": "application/json", ...(adminKey ? { authorization: `Bearer ${adminKey}` } : {}) };
  const runs = await fetch(`${url}/v1/runs?limit=1`, { headers });
  if (!runs.ok) throw new Error(`GET /v1/runs answered ${runs.status}: ${await runs.text()}`);
  if (((await runs.json()) as { total: number }).total > 0) return 0;
  const body = readFileSync(file, "utf8");
  const answer = await fetch(`${url}/v1/runs/batch`, {
    method: "POST",
    // Two starts at once queue it once.
    headers: { ...headers, "idempotency-key": "sample-study" },
    body,
  });
  if (!answer.ok) throw new Error(`POST /v1/runs/batch answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { runs: unknown[] }).runs.length;
}
