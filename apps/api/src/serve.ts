import "./route-config.ts";
/** Binds handlers to the table of operations: the table gives route, validation, response, documents and access. */
import {
  type Operation,
  type OperationName,
  type Operations,
  operations,
  ProblemBody,
  Problem,
  type ProblemCode,
  problems,
  queryFormats,
} from "@etude/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, RouteShorthandOptions } from "fastify";
import { z } from "zod";
import { problemType } from "./plugins/errors.ts";
import { issuesOf, sentence } from "./validation.ts";

type Parsed<Op, Part extends string> =
  Op extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;
type Answer<Op> = Op extends { ok: { body: infer Schema extends z.ZodType } }
  ? z.input<Schema> | FastifyReply
  : void | FastifyReply;

/** A request whose parts fit the schemas of its operation. */
interface Call<Name extends OperationName> {
  readonly params: Parsed<Operations[Name], "params">;
  readonly query: Parsed<Operations[Name], "query">;
  readonly body: Parsed<Operations[Name], "body">;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Returns the response body; a handler that has answered by itself (a binary body) returns its reply. */
export type Handler<Name extends OperationName> = (
  call: Call<Name>,
) => Promise<Answer<Operations[Name]>> | Answer<Operations[Name]>;

/** Problems that an operation may answer with besides those of its own. */
export function commonProblems(operation: Operation): ProblemCode[] {
  const input = operation.params !== undefined || operation.query !== undefined || operation.body !== undefined;
  return [
    ...(input ? (["validation_failed"] as const) : []),
    ...(operation.body === undefined
      ? []
      : (["malformed_json", "payload_too_large", "unsupported_media_type"] as const)),
    ...(operation.scope === "none" ? [] : (["unauthenticated", "forbidden"] as const)),
    "origin_refused",
    "rate_limited",
    "internal",
    "not_ready",
    "overloaded",
    "storage_full",
  ];
}

function problemResponses(operation: Operation): Record<string, unknown> {
  const codes = [...new Set([...operation.problems, ...commonProblems(operation)])];
  const statuses = [...new Set(codes.map((code) => problems[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const here = codes.filter((code) => problems[code].status === status);
      const description = here.map((code) => `\`${code}\`: ${problems[code].title}.`).join("\n");
      return [status, { description, content: { [problemType]: { schema: ProblemBody } } }];
    }),
  );
}

/** Creating twice with the same key is creating once. */
export const idempotencyHeader = "idempotency-key";
const IdempotencyHeaders = z.looseObject({
  [idempotencyHeader]: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Any text of yours: a repeated request with the same text returns what the first one made."),
});

/** What operations can answer with besides JSON, by content type. */
const otherAnswers: Partial<Record<OperationName, readonly string[]>> = {
  getHistory: ["application/octet-stream"],
  querySeries: Object.values(queryFormats),
  exportEvidence: ["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"],
};
const Frame = z.string().meta({ format: "binary", description: "One frame; see the frames reference." });
const Other = z.string().meta({ format: "binary", description: "See the guide on queries." });

function success(name: OperationName, { ok }: Operation): unknown {
  const body = ok.body ?? z.null().describe("Done; no body.");
  const others = otherAnswers[name];
  if (!others) return body;
  return {
    description: "The points, in the form that was asked for.",
    content: Object.fromEntries([
      ["application/json", { schema: body }],
      ...others.map((type) => [type, { schema: type === "application/octet-stream" ? Frame : Other }]),
    ]),
  };
}

/** Returns the Fastify schema of an operation, from which the OpenAPI document is made as well. */
export function routeSchema(name: OperationName): FastifySchema {
  const operation: Operation = operations[name];
  return {
    operationId: name,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(operation.scope === "none" ? { security: [] } : {}),
    ...(operation.params === undefined ? {} : { params: operation.params }),
    ...(operation.query === undefined ? {} : { querystring: operation.query }),
    ...(operation.body === undefined ? {} : { body: operation.body }),
    ...(operation.consumes === undefined ? {} : { consumes: [...operation.consumes] }),
    ...(operation.problems.includes("idempotency_conflict") ? { headers: IdempotencyHeaders } : {}),
    response: { [operation.ok.status]: success(name, operation), ...problemResponses(operation) },
  };
}

const places: Readonly<Record<string, string>> = { querystring: "query", params: "path", headers: "headers" };

/** Fastify's validator over zod: the parsed value, or a problem that names path, value and what is allowed. */
export function validatorCompiler({ schema, httpPart }: { schema: unknown; httpPart?: string }) {
  return (data: unknown): { value: unknown } | { error: Error } => {
    const result = (schema as z.ZodType).safeParse(data === null ? undefined : data, { reportInput: true });
    if (result.success) return { value: result.data };
    const issues = issuesOf(result.error, places[httpPart ?? ""] ?? "");
    return { error: new Problem("validation_failed", sentence(issues), issues) };
  };
}

/** Answers leave as their schema says: unknown fields stay here, and a fault of ours is an error, not a wrong answer. */
export { serializerCompiler } from "fastify-type-provider-zod";

/** Adds the route of an operation. */
export function serve<Name extends OperationName>(
  app: FastifyInstance,
  name: Name,
  handler: Handler<Name>,
  options: Pick<RouteShorthandOptions, "bodyLimit" | "onRequest"> = {},
): void {
  const { method, path, scope, ok }: Operation = operations[name];
  app.route({
    method,
    url: path,
    ...options,
    schema: routeSchema(name),
    config: { scope, operation: name },
    handler: async (request, reply) => {
      const { params, query, body } = request;
      void reply.status(ok.status).header("cache-control", "no-store");
      const answer = await handler({ params, query, body, request, reply } as Call<Name>);
      return ok.status === 204 ? reply.send() : answer;
    },
  });
}
