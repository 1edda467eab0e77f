import { channels, encodePoints, frameType, Problem, type Ring, type RunId } from "@etude/contracts";
import type { Flushed } from "@etude/db";
import type { Bus } from "@etude/service";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Parts } from "../parts.ts";
import { depthProblem } from "../plugins/body.ts";
import { decompress, encodingOf } from "../plugins/compressed.ts";
import { Admission, announcedBytes } from "../runs/admission.ts";
import { announce } from "../runs/announce.ts";
import { PointsBody, readFrame, readJson } from "../runs/points-body.ts";
import { summarise } from "../runs/summarise.ts";
import { serve, validatorCompiler } from "../serve.ts";

/** A million points as JSON, with some room. */
const maxPointsBytes = 64 * 1024 * 1024;
/** Requests and bytes of points that a process holds at a time. */
const limits = { requests: 64, bytes: 2 * maxPointsBytes };
const retryAfterSeconds = 1;

/** Rings viewers; as in the trainer, the points go with it where the bus carries them. */
function ringAppended(bus: Bus, runId: RunId, attempt: number, flushed: Flushed): void {
  const { from, to } = flushed;
  const ring: Ring = { type: "appended", runId, attempt, from, to };
  const frame = bus.kind === "redis" && to - from <= 4096 ? { frame: encodePoints(flushed.piece) } : {};
  bus.publish(channels.run(runId), { header: JSON.stringify(ring), ...frame });
}

/** Logging runs that a client's own loop trains. */
export async function externalRoutes(
  app: FastifyInstance,
  { db, bus, metrics }: Pick<Parts, "db" | "bus" | "metrics">,
): Promise<void> {
  const admission = new Admission(limits);
  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const packed = encodingOf(request) !== undefined;
    const leave = admission.admit(packed ? maxPointsBytes : announcedBytes(request.raw, maxPointsBytes));
    if (leave === undefined) {
      void reply.header("retry-after", String(retryAfterSeconds));
      throw new Problem("rate_limited", "The server takes in as many points as it can at the moment.");
    }
    reply.raw.once("close", leave);
  };

  await app.register(async (scope) => {
    const bodyLimit = maxPointsBytes;
    scope.addContentTypeParser(frameType, { parseAs: "buffer", bodyLimit }, async (_: unknown, bytes: Buffer) =>
      readFrame(bytes),
    );
    const parse = scope.getDefaultJsonParser("error", "error");
    scope.removeContentTypeParser("application/json");
    scope.addContentTypeParser("application/json", { parseAs: "string", bodyLimit }, (request, text: string, done) => {
      const points = readJson(text);
      if (points) return done(null, points);
      // What is wrong with it is for the parser and the schema of every other body to say.
      const why = depthProblem(text);
      if (why) done(why);
      else void parse(request, text, done);
    });
    // Points that are read are checked.
    scope.setValidatorCompiler((route: { schema: unknown; httpPart?: string }) => {
      const validate = validatorCompiler(route);
      return (data: unknown) => (data instanceof PointsBody ? { value: data } : validate(data));
    });
    scope.addHook("preParsing", decompress);
    serve(
      scope,
      "writePoints",
      async ({ params: { runId }, request }) => {
        // What fits the schema has been read as columns: the body is nothing else here.
        const { points } = request.body as PointsBody;
        const { receipt, flushed } = await db.appendPoints(runId, points);
        if (flushed) {
          ringAppended(bus, runId, receipt.attempt, flushed);
          metrics.pointsAppended.inc(flushed.to - flushed.from);
        }
        return receipt;
      },
      { bodyLimit, onRequest: admit },
    );
  });

  serve(app, "rewindRun", async ({ params, body }) => {
    const { run, rewound } = await db.runs.rewind(params.runId, body.toStep);
    const ring: Ring = { type: "rewound", runId: run.id, attempt: run.attempt, step: body.toStep };
    if (rewound) bus.publish(channels.run(run.id), { header: JSON.stringify(ring) });
    announce(bus, "changed", run);
    return run;
  });

  serve(app, "finishRun", async ({ params, body }) => {
    const run = await db.runs.get(params.runId);
    if (run.spec.kind !== "external")
      throw new Problem("run_kind_refused", "Etude trains this run: cancel it instead.");
    if (run.status === body.outcome) return run;
    const failure =
      body.outcome === "failed" ? (body.failure ?? { reason: "error" as const, message: "The loop failed." }) : null;
    const summary = summarise(run, await db.history.summaries(run.id), body.summary);
    const ended = await db.runs.finish(run.id, run.attempt, { outcome: body.outcome, failure, summary });
    if (ended === "lost") throw new Problem("run_not_active", `The run is ${run.status}.`);
    announce(bus, "changed", ended);
    return ended;
  });
}
