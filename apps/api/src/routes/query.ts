import { Readable } from "node:stream";
import { Problem, queryFormats, queryLimits, type RunQueryAnswer, type SeriesQuery } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { FastifyInstance, FastifyReply } from "fastify";
import Negotiator from "negotiator";
import { arrow, parquet } from "../formats/columnar.ts";
import { queryFrames } from "../formats/frames.ts";
import { queryJson } from "../formats/json.ts";
import { pointTable, streamedBlocks, type Table, tableOf } from "../formats/table.ts";
import { csv, ndjson } from "../formats/text.ts";
import { answerQuery, demandOf } from "../query/result.ts";
import { findSimilar } from "../query/similar.ts";
import { serve } from "../serve.ts";

const json = "application/json";
const types: readonly string[] = [json, ...Object.values(queryFormats)];

/** The content type that the request likes best. Throws Problem not_acceptable. */
function acceptedType(headers: { readonly accept?: string | undefined }): string {
  const type = new Negotiator({ headers: { accept: headers.accept } }).mediaType([...types]);
  if (type !== undefined) return type;
  const message = `accepts ${headers.accept}`;
  throw new Problem("not_acceptable", `The request ${message}.`, [
    { path: "headers.accept", message, allowed: [...types] },
  ]);
}

/** Says that a selector's limit left runs out. */
const moreHeader = "x-etude-more";

const isStreamed = (type: string): boolean => type === queryFormats.csv || type === queryFormats.ndjson;

const send = (reply: FastifyReply, type: string, table: Table): FastifyReply =>
  reply.type(`${type}; charset=utf-8`).send(Readable.from(type === queryFormats.csv ? csv(table) : ndjson(table)));

/** A string passes by the serialiser, which would look at every value of thousands of runs again. */
const sendJson = (reply: FastifyReply, answer: object): FastifyReply =>
  reply.type(`${json}; charset=utf-8`).send(JSON.stringify(answer));

/** Every point as text, read as fast as it is taken. */
async function streamPoints({ queries }: Database, query: SeriesQuery): Promise<{ table: Table; more: boolean }> {
  const { wanted, axisOf, more } = await demandOf(queries, query);
  const points = await queries.measure(wanted);
  if (points > queryLimits.streamedPoints)
    throw new Problem(
      "query_too_large",
      `${points} points; at most ${queryLimits.streamedPoints} are streamed at once.`,
    );
  const places = (runId: string, steps: Float64Array): Float64Array | null => {
    const axis = axisOf(runId);
    return "why" in axis ? null : axis.places(steps);
  };
  return { table: pointTable(query.axis, streamedBlocks(queries.stream(wanted), places)), more };
}

/** Questions to many runs at once. */
export function queryRoutes(app: FastifyInstance, { db }: { readonly db: Database }): void {
  serve(app, "queryRuns", async ({ body, reply }) => {
    const { count, ...selection } = body;
    const [page, total] = await Promise.all([
      db.queries.runs(selection),
      count ? db.queries.count(selection) : Promise.resolve(null),
    ]);
    const values = body.select.map((select, i) => ({ select, values: page.values[i] as never }));
    const answer: RunQueryAnswer = { ...page, values, total };
    return sendJson(reply, answer);
  });

  serve(app, "findSimilar", async ({ body, reply }) => sendJson(reply, await findSimilar(db, body)));

  serve(app, "querySeries", async ({ body, request, reply }) => {
    const type = acceptedType(request.headers);
    if (isStreamed(type) && body.width === undefined && !body.group) {
      const { table, more } = await streamPoints(db, body);
      return send(reply.header(moreHeader, more), type, table);
    }
    if (type === queryFormats.frames && body.group)
      throw new Problem(
        "not_acceptable",
        "Frames hold single curves; groups come as JSON, Arrow, Parquet, NDJSON or CSV.",
        [
          {
            path: "headers.accept",
            message: "with group",
            allowed: types.filter((one) => one !== queryFormats.frames),
          },
        ],
      );
    const result = await answerQuery(db.queries, body);
    void reply.header(moreHeader, result.more);
    if (type === json) return reply.type(`${json}; charset=utf-8`).send(queryJson(result));
    if (type === queryFormats.frames) return reply.type(type).send(queryFrames(result));
    const table = tableOf(result, body.width !== undefined);
    if (isStreamed(type)) return send(reply, type, table);
    const bytes = await (type === queryFormats.arrow ? arrow(table) : parquet(table));
    return reply.type(type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
}
