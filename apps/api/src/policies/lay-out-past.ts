/** What a policy's training reads of the past, laid ready as blobs when it is submitted. */
import { type PolicyConfig, Problem, RunId } from "@etude/contracts";
import type { EvidenceCell } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Blobs } from "@etude/service";
import { readPolicy } from "./stored-policies.ts";

interface Stores {
  readonly db: Database;
  readonly blobs: Blobs;
}

/** The best cell of each task, by the median of its loss, among those with recorded runs. */
function bestRecorded(cells: readonly EvidenceCell[]): EvidenceCell[] {
  const best = new Map<string, EvidenceCell>();
  for (const cell of cells) {
    const loss = Number(cell.all.median ?? Infinity);
    const known = best.get(cell.task.id);
    if (cell.runIds.length > 0 && loss < Number(known?.all.median ?? Infinity)) best.set(cell.task.id, cell);
  }
  return [...best.values()];
}

/** The rates that the first run of the cell applied; undefined where they are gone. */
async function ratesOf({ db }: Stores, cell: EvidenceCell): Promise<number[] | undefined> {
  const runId = RunId.parse(cell.runIds[0]);
  const { series } = await db.history.readHistory(runId, { keys: ["learning-rate"] });
  const [rates] = series;
  return rates?.mode === "exact" && rates.points.values.length > 1 ? Array.from(rates.points.values) : undefined;
}

/**
 * Returns the inputs of the training by name, as SHA-256 of their bytes: `init`, the policy to go on from; `evidence`,
 * the stored tasks; `curves`, rates to imitate by task. Throws Problem unknown_policy; combination_refused for a policy
 * of another family; no_evidence where stored tasks are wanted and there are none.
 */
export async function layOutPast(stores: Stores, config: PolicyConfig): Promise<Record<string, string>> {
  const { db, blobs } = stores;
  const put = (value: unknown): Promise<string> => blobs.put(new TextEncoder().encode(JSON.stringify(value)));
  const inputs: Record<string, string> = {};
  if (config.init !== undefined) {
    const policy = await readPolicy(stores, config.init);
    if (policy.family !== config.family) {
      const message = `policy ${config.init} is of family ${policy.family}; a policy of family ${config.family} needs one of its own`;
      throw new Problem("combination_refused", message, [{ path: "config.init", message }]);
    }
    inputs["init"] = await put(policy);
  }
  if (config.problems.stored === 0 && !config.imitate) return inputs;
  const { changed } = await db.evidence.changes(0);
  const cells = changed.filter(({ task }) => (task.domain === "factorisation") === (config.family === "nmf"));
  if (cells.length === 0) {
    throw new Problem(
      "no_evidence",
      `No finished run has left evidence of a task for a policy of family ${config.family}.`,
    );
  }
  const tasks = new Map(cells.map(({ task }) => [task.hash, { task }]));
  inputs["evidence"] = await put([...tasks.values()].toSorted((a, b) => (a.task.hash < b.task.hash ? -1 : 1)));
  if (config.imitate) {
    const curves = await Promise.all(
      bestRecorded(cells).map(async (cell) => [cell.task.id, await ratesOf(stores, cell)] as const),
    );
    const recorded = curves.filter(([, rates]) => rates !== undefined);
    if (recorded.length === 0) {
      throw new Problem("no_evidence", "imitate: no task has a finished run whose learning rate is still recorded.");
    }
    inputs["curves"] = await put(Object.fromEntries(recorded));
  }
  return inputs;
}
