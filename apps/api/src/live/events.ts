/** Server-sent events for those who cannot open a socket: the same frames from the same viewers, as JSON. */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type ClientFrame, type CursorContent, Problem, RunId, StudyId } from "@etude/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { issuesOf, sentence } from "../validation.ts";
import { decodeRunId, decodeStudyId, encodeRunId, encodeStudyId } from "./event-id.ts";
import { eventOutlet, type EventOutletOptions } from "./event-outlet.ts";
import type { Outlet } from "./outlet.ts";
import type { LiveParts, Sessions } from "./sessions.ts";

export interface Events {
  /** Adds the routes. */
  route(app: FastifyInstance): void;
  /** Ends every stream; clients come back with their last id. */
  end(): void;
}

/** What a browser waits before it comes back. */
const retryMs = 1000;

function parsed<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issues = issuesOf(result.error, where);
  throw new Problem("validation_failed", sentence(issues), issues);
}

/** Where the client continues: the header that browsers send when they come back, or `after` for a first request. */
function lastIdOf({ headers, query }: FastifyRequest): string | undefined {
  const { after } = parsed(z.object({ after: z.string().min(1).optional() }), query, "query");
  const last = headers["last-event-id"];
  return typeof last === "string" && last !== "" ? last : after;
}

/** Returns the event streams of this process. */
export function createEvents({ db, metrics }: LiveParts, sessions: Sessions): Events {
  const streams = new Set<ServerResponse>();

  /** Answers with a stream, and subscribes to what is asked. */
  function stream(reply: FastifyReply, asked: readonly ClientFrame[], options: EventOutletOptions): Outlet {
    reply.headers({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      // Nothing follows a stream on its connection: a server that stops need not wait for it.
      connection: "close",
      // nginx would gather events before it passes them on.
      "x-accel-buffering": "no",
    });
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
    response.write(`retry: ${retryMs}\n\n`);
    const outlet = eventOutlet(response, metrics, options);
    const { session, close } = sessions.open(outlet);
    streams.add(response);
    response.on("error", () => response.destroy());
    response.on("close", () => {
      streams.delete(response);
      close();
    });
    for (const frame of asked) session.ask(frame);
    return outlet;
  }

  async function ofRun(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { runId } = parsed(z.object({ runId: RunId }), request.params, "path");
    const id = lastIdOf(request);
    const after = id === undefined ? {} : { after: encodeRunId(decodeRunId(id)) };
    await db.runs.get(runId);
    stream(reply, [{ type: "subscribe", runId, format: "json", ...after }], {
      idAfter: ({ cursor }) => encodeRunId(cursor),
      last: "run-deleted",
    });
  }

  async function ofStudy(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { studyId } = parsed(z.object({ studyId: StudyId }), request.params, "path");
    const id = lastIdOf(request);
    const before = id === undefined ? new Map<RunId, CursorContent>() : decodeStudyId(id);
    await db.studies.get(studyId);
    const there = new Set(await db.studies.runIds(studyId));
    const cursors = new Map([...before].filter(([runId]) => there.has(runId)));
    const asked = [...cursors].map(([runId, cursor]): ClientFrame => {
      return { type: "subscribe", runId, format: "json", after: encodeRunId(cursor) };
    });
    const outlet = stream(reply, [...asked, { type: "subscribe", studyId, format: "json" }], {
      idAfter({ runId, cursor }) {
        cursors.set(runId, cursor);
        return encodeStudyId(cursors);
      },
    });
    for (const runId of before.keys()) if (!there.has(runId)) outlet.say({ type: "run-deleted", runId });
  }

  return {
    route(app) {
      app.get("/v1/runs/:runId/events", { config: { scope: "read" } }, ofRun);
      app.get("/v1/studies/:studyId/events", { config: { scope: "read" } }, ofStudy);
    },
    end() {
      for (const response of streams) response.end();
    },
  };
}
