/** Writes the evidence of runs that ended. A trigger of the database says which are due, so that no path loses one. */
import { Problem } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Logger } from "@etude/service";
import { ZodError } from "zod";
import { evidenceOfRun } from "./evidence-of-run.ts";

const atOnce = 100;
const hopeless = [Problem, RangeError, TypeError, ZodError];

/** An imported curve brought its evidence along, with the task as its importer described it. */
async function broughtAlong(db: Database, runId: string): Promise<boolean> {
  const { rows } = await db.evidence.byRow({ run: runId as never, source: "import" }, { limit: 1 });
  return rows.length > 0;
}

async function settle({ db, logger }: SettleParts, runId: string): Promise<void> {
  try {
    if (await broughtAlong(db, runId)) return await db.evidence.forget(runId);
    const run = await db.runs.get(runId);
    await db.evidence.settle(runId, await evidenceOfRun(db, run));
  } catch (error) {
    // What the database cannot answer now is tried again; a run that was deleted, or whose curve makes no sense, never will be.
    if (!hopeless.some((kind) => error instanceof kind)) throw error;
    logger.warn({ err: error, runId }, "a run leaves no evidence");
    await db.evidence.settle(runId, null);
  }
}

export interface SettleParts {
  readonly db: Database;
  readonly logger: Logger;
}

/** Settles the runs that are due, some at a time; returns how many. Writing twice is writing once. */
export async function settleDue(parts: SettleParts): Promise<number> {
  const due = await parts.db.evidence.due(atOnce);
  for (const runId of due) await settle(parts, runId);
  return due.length;
}
