import {
  channels,
  decodeFrame,
  encodePoints,
  frameType,
  fromJsonNumbers,
  maxPointsAtOnce,
  type PointsSpec,
  Problem,
  type Ring,
} from "@etude/contracts";
import type { Flushed, NewPoints } from "@etude/db";
import type { Bus } from "@etude/service";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Parts } from "../parts.ts";
import { Admission, announcedBytes } from "../runs/admission.ts";
import { announce } from "../runs/announce.ts";
import { summarise } from "../runs/summarise.ts";
import { serve, validatorCompiler } from "../serve.ts";

/** A million points as JSON, with some room. */
const maxPointsBytes = 64 * 1024 * 1024;
/** Requests and bytes of points that a process holds at a time. */
const limits = { requests: 6, bytes: 2 * maxPointsBytes };
const retryAfterSeconds = 1;

/** A body that came as a frame, decoded. */
class FrameBody {
  readonly points: NewPoints;
  constructor(points: NewPoints) {
    this.points = points;
  }
}

/** Reads a `points-appended` frame. Throws Problem validation_failed. */
function readFrame(bytes: Buffer): FrameBody {
  try {
    const frame = decodeFrame(bytes, maxPointsAtOnce);
    if (frame.type !== "points-appended") throw new RangeError(`type is ${frame.type}; allowed is points-appended`);
    if (frame.series.some(({ from }) => from < 0)) throw new RangeError("from must be at least 0");
    return new FrameBody({ attempt: frame.attempt, series: frame.series });
  } catch (error) {
    throw new Problem("validation_failed", `The body is no frame: ${(error as Error).message}`);
  }
}

const pointsOf = (body: z.output<typeof PointsSpec> | FrameBody): NewPoints =>
  body instanceof FrameBody
    ? body.points
    : {
        attempt: body.attempt,
        series: body.series.map(({ key, from, steps, values }) => ({
          key,
          from,
          steps: Array.isArray(steps)
            ? Float64Array.from(steps)
            : Float64Array.from(values, (_, i) => steps.first + i * steps.stride),
          values: fromJsonNumbers(values),
        })),
      };

/** Rings viewers; as in the trainer, the points go with it where the bus carries them. */
function ringAppended(bus: Bus, { piece, from, to }: Flushed): void {
  const ring: Ring = { type: "appended", runId: piece.runId as never, attempt: piece.attempt, from, to };
  const frame = bus.kind === "redis" && to - from <= 4096 ? { frame: encodePoints(piece) } : {};
  bus.publish(channels.run(piece.runId), { header: JSON.stringify(ring), ...frame });
}

/** Logging runs that a client's own loop trains. */
export async function externalRoutes(app: FastifyInstance, { db, bus }: Pick<Parts, "db" | "bus">): Promise<void> {
  const admission = new Admission(limits);
  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const leave = admission.admit(announcedBytes(request.raw, maxPointsBytes));
    if (leave === undefined) {
      void reply.header("retry-after", String(retryAfterSeconds));
      throw new Problem("rate_limited", "The server takes in as many points as it can at the moment.");
    }
    reply.raw.once("close", leave);
  };

  await app.register(async (scope) => {
    scope.addContentTypeParser(
      frameType,
      { parseAs: "buffer", bodyLimit: maxPointsBytes },
      async (_: FastifyRequest, bytes: Buffer) => readFrame(bytes),
    );
    // A frame is checked where it is decoded.
    scope.setValidatorCompiler((route: { schema: unknown; httpPart?: string }) => {
      const validate = validatorCompiler(route);
      return (data: unknown) => (data instanceof FrameBody ? { value: data } : validate(data));
    });
    serve(
      scope,
      "writePoints",
      async ({ params, body }) => {
        const { receipt, flushed } = await db.appendPoints(params.runId, pointsOf(body));
        if (flushed) ringAppended(bus, flushed);
        return receipt;
      },
      { bodyLimit: maxPointsBytes, onRequest: admit },
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
