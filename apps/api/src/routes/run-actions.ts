import type { Blobs } from "@etude/service";
import { uploadsOf } from "@etude/catalog";
import type { FastifyInstance } from "fastify";
import { announce, control } from "../runs/announce.ts";
import { discardBlobs, discardCheckpoints } from "../runs/discard.ts";
import { enqueue, type SubmitParts } from "../runs/submit.ts";
import { serve } from "../serve.ts";

/** Cancelling, pausing, resuming, retrying and deleting runs; what they can be resumed from. */
export function runActionRoutes(app: FastifyInstance, parts: SubmitParts & { readonly blobs: Blobs }): void {
  const { db, bus } = parts;

  serve(app, "cancelRun", async ({ params }) => {
    const run = await db.runs.requestCancel(params.runId);
    if (run.status === "cancelling") control(bus, "cancel", run.id);
    announce(bus, "changed", run);
    return run;
  });

  serve(app, "pauseRun", async ({ params }) => {
    const run = await db.runs.requestPause(params.runId);
    if (run.status === "running") control(bus, "pause", run.id);
    announce(bus, "changed", run);
    return run;
  });

  serve(app, "resumeRun", async ({ params }) => {
    const run = await db.runs.resume(params.runId);
    await enqueue(parts, [run]);
    announce(bus, "changed", run);
    return run;
  });

  serve(app, "retryRun", async ({ params, body }) => {
    const { spec } = await db.runs.get(params.runId);
    if (spec.kind === "training") await db.uploads.hold(params.runId, uploadsOf(spec.dataset));
    const { run, obsolete } = await db.runs.retry(params.runId, body.from);
    await discardCheckpoints(parts, obsolete);
    await enqueue(parts, [run]);
    announce(bus, "changed", run);
    return run;
  });

  serve(app, "listCheckpoints", async ({ params }) => ({ checkpoints: await db.runs.checkpoints(params.runId) }));

  serve(app, "deleteRun", async ({ params }) => {
    const { id, studyId } = await db.runs.get(params.runId);
    const { blobs } = await db.runs.remove(id);
    announce(bus, "deleted", { id, studyId });
    await discardBlobs(parts, blobs);
  });
}
