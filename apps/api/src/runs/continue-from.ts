/** Binds a run to the checkpoint it goes on from: step, hash and size go into the spec. */
import { isDeepStrictEqual } from "node:util";
import { Problem, type Run, type RunSpec, type TrainingSpec } from "@etude/contracts";
import type { Database } from "@etude/db";

const refused = (path: string, message: string, allowed?: string[]): Problem =>
  new Problem("combination_refused", message, [{ path, message, ...(allowed && { allowed }) }]);

function assertSameTask(spec: TrainingSpec, source: Run, at: string): void {
  if (source.spec.kind !== "training")
    throw refused(
      `${at}continueFrom.run`,
      `run ${source.id} is ${source.spec.kind}: only a training leaves checkpoints`,
    );
  for (const part of ["model", "dataset"] as const) {
    if (!isDeepStrictEqual(spec[part], source.spec[part]))
      throw refused(`${at}${part}`, `${part} must be that of run ${source.id}, whose weights this run goes on with`);
  }
}

/**
 * Returns the run's checkpoint at a step, without one the last. `path`: the field that names the step. Throws Problem
 * combination_refused.
 */
export async function checkpointAt(db: Database, run: string, step: number | undefined, path: string) {
  const found = await db.runs.checkpointAt(run, step);
  if (found) return found;
  const steps = (await db.runs.checkpoints(run)).map((checkpoint) => String(checkpoint.step));
  const has =
    steps.length > 0
      ? `it has them at ${steps.join(", ")}`
      : "it has none; they outlast the end of a run where its checkpoint.keep is all";
  throw refused(path, `run ${run} has no checkpoint${step === undefined ? "" : ` at ${step}`}: ${has}`, steps);
}

/**
 * Returns the spec with its `continueFrom` filled in; a spec without one as it is. `at`: where the spec stands in the
 * request. Throws Problem run_not_found, combination_refused.
 */
export async function resolveContinueFrom(db: Database, spec: RunSpec, at: string): Promise<RunSpec> {
  if (spec.kind !== "training" || !spec.continueFrom) return spec;
  const { run, step } = spec.continueFrom;
  assertSameTask(spec, await db.runs.get(run), at);
  const found = await checkpointAt(db, run, step, `${at}continueFrom.step`);
  if ("steps" in spec.budget && spec.budget.steps <= found.step)
    throw refused(
      `${at}budget.steps`,
      `budget.steps is ${spec.budget.steps}; the run goes on at step ${found.step}, so it must be higher`,
    );
  return { ...spec, continueFrom: { run, step: found.step, checkpoint: found.sha256, bytes: found.bytes } };
}
