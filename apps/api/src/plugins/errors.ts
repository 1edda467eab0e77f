/** Every error leaves as application/problem+json; nothing that a caller sends may end as a 500. */
import { operations, Problem, type ProblemCode } from "@etude/contracts";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

export const problemType = "application/problem+json";

const frameworkCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_BODY_TOO_LARGE: "payload_too_large",
  FST_ERR_CTP_EMPTY_JSON_BODY: "malformed_json",
  FST_ERR_CTP_INVALID_JSON_BODY: "malformed_json",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "malformed_json",
  FST_ERR_BAD_URL: "not_found",
  FST_ERR_MAX_LENGTH: "not_found",
  FST_ERR_ASYNC_CONSTRAINT: "not_found",
};

/** Codes of a database or network that is away, from Node, pg and Prisma. */
const away = new Set(
  (
    "ECONNREFUSED ECONNRESET EHOSTUNREACH ENOTFOUND EPIPE ETIMEDOUT " + // Node
    "08001 08003 08006 53300 57P01 57P02 57P03 " + // Postgres
    "P1001 P1002 P1008 P1017 P2024 P2028"
  ) // Prisma
    .split(" "),
);

const byStatus: Readonly<Record<number, ProblemCode>> = {
  400: "validation_failed",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  413: "payload_too_large",
  415: "unsupported_media_type",
  429: "rate_limited",
  503: "overloaded",
};

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
};

/** Of Postgres. */
const diskFull = "53100";

/** An error and those behind it: as `cause`, or where Prisma keeps what its driver said. */
function* behind(error: unknown, depth = 0): Generator<object> {
  if (depth > 6 || typeof error !== "object" || error === null) return;
  yield error;
  const { cause, meta } = error as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
  yield* behind(cause, depth + 1);
  yield* behind(meta?.driverAdapterError, depth + 1);
}

/** The codes of an error and of those behind it. */
const codesOf = (error: unknown): string[] =>
  [...behind(error)].flatMap((one) => {
    const { originalCode } = one as { originalCode?: unknown };
    return [codeOf(one), originalCode].filter((code) => typeof code === "string");
  });

/** True for an error that says that a service which we need cannot be reached now. */
const isAway = (error: unknown): boolean =>
  codesOf(error).some((code) => away.has(code)) ||
  [...behind(error)].some((one) =>
    /Connection terminated|is not queryable|timeout exceeded when trying to connect|Can't reach database/i.test(
      (one as Partial<Error>).message ?? "",
    ),
  );

/** What anybody outside may know of an error. */
export function toProblem(error: unknown, limitBytes?: number): Problem {
  if (error instanceof Problem) return error;
  const framework = frameworkCodes[codeOf(error) ?? ""];
  if (framework === "payload_too_large" && limitBytes !== undefined)
    return new Problem("payload_too_large", `The body may have at most ${limitBytes} bytes.`);
  const said = (error as Partial<FastifyError> | null)?.message;
  if (framework !== undefined) return new Problem(framework, said);
  if (codesOf(error).includes(diskFull)) return new Problem("storage_full");
  if (isAway(error)) return new Problem("not_ready");
  const status = (error as Partial<FastifyError> | null)?.statusCode;
  if (error instanceof SyntaxError && status === 400) return new Problem("malformed_json", said);
  const code = status === undefined ? undefined : byStatus[status];
  if (code !== undefined) return new Problem(code, said);
  if (status !== undefined && status >= 400 && status < 500) return new Problem("validation_failed", said);
  return new Problem("internal", "Something went wrong inside Etude; its log has the request id.");
}

/** What a client should know besides the body. */
const headersOf: Readonly<Partial<Record<ProblemCode, Readonly<Record<string, string>>>>> = {
  unauthenticated: { "www-authenticate": "Bearer" },
  not_ready: { "retry-after": "2" },
  overloaded: { "retry-after": "5" },
  storage_full: { "retry-after": "5" },
};

/** Sends a problem as the answer. */
export const sendProblem = (request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .status(problem.status)
    .headers(headersOf[problem.code] ?? {})
    .header("cache-control", "no-store")
    .type(problemType)
    // A string passes by the response serialisers of the route.
    .send(JSON.stringify(problem.body(request.id)));

/** Answers errors and unknown addresses. */
export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.routeOptions.bodyLimit);
    if (problem.code === "internal") request.log.error({ err: error }, "request failed");
    else if (problem.code === "not_ready") request.log.warn({ err: error }, "a service is away");
    return sendProblem(request, reply, problem);
  });
}

const patterns = Object.values(operations).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}/?$`),
}));

/** Methods of the operations at a path; empty when there is none. */
const methodsAt = (path: string): string[] => [
  ...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)),
];

/** Answers an address without a route: 405 with the methods that exist there, else 404. */
export function answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split("?")[0] ?? "/";
  const methods = methodsAt(path);
  if (methods.length === 0)
    return sendProblem(request, reply, new Problem("not_found", `There is no ${request.method} ${path}.`));
  void reply.header("allow", methods.join(", "));
  const detail = `${path} takes ${methods.join(", ")}, not ${request.method}.`;
  return sendProblem(request, reply, new Problem("method_not_allowed", detail));
}
