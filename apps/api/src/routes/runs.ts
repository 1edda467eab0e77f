import { Problem, type Run, RunSpec } from "@etude/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { announce } from "../runs/announce.ts";
import { checkpointAt } from "../runs/continue-from.ts";
import { applyChanges } from "../runs/merge-patch.ts";
import { submit, type SubmitParts } from "../runs/submit.ts";
import { idempotencyHeader, serve } from "../serve.ts";
import { issuesOf, sentence } from "../validation.ts";
import type { Idempotency } from "@etude/db";

/** What the request asks to be done once; the study is part of it. */
function idempotencyOf(request: FastifyRequest): Idempotency | undefined {
  const key = request.headers[idempotencyHeader];
  return typeof key === "string" ? { key, body: [request.routeOptions.url, request.query, request.body] } : undefined;
}

/** The run's spec with a merge patch on it. Throws Problem validation_failed. */
function changedSpec({ spec }: Run, changes: Readonly<Record<string, unknown>>): RunSpec {
  const changed = RunSpec.safeParse(applyChanges(spec, changes), { reportInput: true });
  if (changed.success) return changed.data;
  const issues = issuesOf(changed.error, "changes");
  throw new Problem("validation_failed", sentence(issues), issues);
}

/** Submitting, reading and renaming runs. */
export function runRoutes(app: FastifyInstance, parts: SubmitParts): void {
  const { db } = parts;

  serve(app, "createRun", async ({ body, query, request }) => {
    const [run] = await submit(parts, { specs: [body], study: query.study, idempotency: idempotencyOf(request) });
    if (run === undefined) throw new Problem("internal");
    return run;
  });

  serve(app, "createRuns", async ({ body, request }) => ({
    runs: await submit(parts, {
      specs: body.runs,
      study: body.study,
      idempotency: idempotencyOf(request),
      at: (index) => `runs[${index}].`,
    }),
  }));

  serve(app, "listRuns", ({ query }) => db.runs.list(query));
  serve(app, "getRun", ({ params }) => db.runs.get(params.runId));
  serve(app, "updateRun", async ({ params, body }) => {
    const run = await db.runs.patch(params.runId, body);
    announce(parts.bus, "changed", run);
    return run;
  });

  serve(app, "cloneRun", async ({ params, body }) => {
    const source = await db.runs.get(params.runId);
    return again(source, body.study, changedSpec(source, body.changes));
  });

  serve(app, "forkRun", async ({ params, body }) => {
    const source = await db.runs.get(params.runId);
    const spec = changedSpec(source, body.changes);
    if (spec.kind !== "training") throw new Problem("run_kind_refused", "Only a training leaves checkpoints.");
    const { step } = await checkpointAt(db, source.id, body.step, "step");
    const continueFrom = { run: source.id, step };
    return again(source, body.study, { ...spec, continueFrom });
  });

  /** Submits a spec made from another run's, into that run's study unless told otherwise. */
  async function again(source: Run, study: string | undefined, spec: RunSpec): Promise<Run> {
    const [run] = await submit(parts, {
      specs: [spec],
      study: study ?? source.studyId ?? undefined,
      clonedFrom: source.id,
      at: () => "changes.",
    });
    if (run === undefined) throw new Problem("internal");
    return run;
  }
}
