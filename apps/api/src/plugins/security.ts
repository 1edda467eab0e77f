/** Headers, origins and limits that hold for every request. */
import cookie from "@fastify/cookie";
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import underPressure from "@fastify/under-pressure";
import { Problem } from "@etude/contracts";
import type { FastifyInstance } from "fastify";
import { hostAllowed, originAllowed } from "../access/origin.ts";

/** Requests a minute and address; a dashboard with many charts makes some hundred. */
const requestsPerMinute = 6000;

interface SecurityOptions {
  readonly publicUrl: string | undefined;
}

/** The policy that the dashboard and the pages at /docs work under. */
const directives = (https: boolean) => ({
  defaultSrc: ["'self'"],
  baseUri: ["'self'"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'", "data:"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  imgSrc: ["'self'", "data:", "blob:"],
  objectSrc: ["'none'"],
  scriptSrc: ["'self'"],
  scriptSrcAttr: ["'none'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  upgradeInsecureRequests: https ? [] : null,
});

/** Registers helmet, CORS, cookies, rate limit, load shedding, and the check of Host and Origin. */
export async function registerSecurity(app: FastifyInstance, { publicUrl }: SecurityOptions): Promise<void> {
  const https = publicUrl?.startsWith("https:") ?? false;
  app.addHook("onRequest", async (request) => {
    const { host, origin } = request.headers;
    // A key in the header cannot be sent by somebody else's page, so machines may call by any name.
    const keyed = request.headers.authorization !== undefined;
    const open = request.routeOptions.config.openHost === true;
    if (!keyed && !open && !hostAllowed(host, publicUrl))
      throw new Problem("origin_refused", `The host ${host ?? "(none)"} is not served.`);
    if (!originAllowed(origin, host, publicUrl))
      throw new Problem("origin_refused", `Pages from ${origin ?? "(none)"} may not call.`);
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: directives(https) },
    strictTransportSecurity: https,
  });
  await app.register(cors, {
    origin: publicUrl === undefined ? false : new URL(publicUrl).origin,
    methods: ["GET", "POST", "PATCH", "DELETE"],
    credentials: true,
  });
  await app.register(cookie);
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    // Requests made without a network have no address.
    keyGenerator: (request) => request.ip ?? "local",
    allowList: (request) => request.routeOptions.config.unlimited === true,
    errorResponseBuilder: (_request, { max, after }) =>
      new Problem("rate_limited", `At most ${max} requests a minute; try again in ${after}.`),
  });
  await app.register(underPressure, {
    maxEventLoopDelay: 5000,
    retryAfter: 5,
    pressureHandler: (request, reply) => {
      if (request.routeOptions.config.unlimited === true) return;
      void reply.header("retry-after", "5");
      throw new Problem("overloaded");
    },
  });
}
