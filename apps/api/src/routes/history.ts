import { Problem } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { FastifyInstance } from "fastify";
import { historyFrame, historyJson } from "../history-answer.ts";
import { serve } from "../serve.ts";

/** Points that one JSON answer may hold; more would block everybody else for seconds. */
const maxJsonPoints = 2_000_000;

/** What runs recorded. */
export function historyRoutes(app: FastifyInstance, { db }: { readonly db: Database }): void {
  const assertJsonFits = async (runId: string, keys: readonly string[] | undefined): Promise<void> => {
    const series = await db.history.summaries(runId);
    const points = series.reduce((sum, one) => sum + (keys?.includes(one.key) === false ? 0 : one.points), 0);
    if (points <= maxJsonPoints) return;
    const message = `${points} points are too many for JSON (${maxJsonPoints}): ask for width, key, from and to, or format=binary`;
    throw new Problem("validation_failed", message, [{ path: "query.format", message, allowed: ["binary"] }]);
  };

  serve(app, "listSeries", async ({ params }) => ({ series: await db.history.summaries(params.runId) }));

  serve(app, "getHistory", async ({ params, query, request, reply }) => {
    const { runId } = params;
    const position = (await db.history.positions([runId])).get(runId);
    if (position === undefined) throw new Problem("run_not_found");
    const etag = `W/"${position.attempt}.${position.total}.${position.revision}"`;
    void reply.headers({ etag, "cache-control": "private, no-cache" });
    if (request.headers["if-none-match"] === etag) return reply.status(304).send();
    const { key: keys, from, to, width, format } = query;
    const bounded = width !== undefined || from !== undefined || to !== undefined;
    if (format === "json" && !bounded) await assertJsonFits(runId, keys);
    const columns = await db.history.readHistory(runId, { keys, from, to, width });
    if (format === "binary")
      return reply.type("application/octet-stream").send(Buffer.from(historyFrame(columns).buffer));
    // A string passes by the serialiser, which would check every point again.
    return reply.type("application/json; charset=utf-8").send(JSON.stringify(historyJson(columns)));
  });

  serve(app, "getLog", async ({ params, query }) => ({
    lines: await db.history.readLog(params.runId, query.after, query.limit),
  }));
}
