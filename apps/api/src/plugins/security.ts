/** Headers, origins and limits that hold for every request. */
import cookie from "@fastify/cookie";
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import underPressure from "@fastify/under-pressure";
import { Problem } from "@etude/contracts";
import type { Settings } from "@etude/service";
import type { FastifyInstance } from "fastify";
import { hostAllowed, isOwnOrigin } from "../access/origin.ts";

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

type SecuritySettings = Pick<Settings, "publicUrl" | "corsOrigins" | "rateLimitPerMinute">;

/** Refuses requests under a foreign Host, and those of pages that are neither ours nor allowed. */
function checkOrigins(app: FastifyInstance, { publicUrl, corsOrigins = [] }: SecuritySettings): void {
  app.addHook("onRequest", async (request) => {
    const { host, origin, authorization } = request.headers;
    // A page elsewhere cannot know a key, so whoever sends one may call by any name; a wrong key is refused later.
    const free = authorization !== undefined || request.routeOptions.config.openHost === true;
    if (!free && !hostAllowed(host, publicUrl))
      throw new Problem("origin_refused", `The host ${host ?? "(none)"} is not served.`);
    if (origin !== undefined && !isOwnOrigin(origin, host, publicUrl) && !corsOrigins.includes(origin))
      throw new Problem("origin_refused", `Pages from ${origin} may not call.`);
  });
}

/** Registers helmet, CORS, cookies, rate limit, load shedding, and the check of Host and Origin. */
export async function registerSecurity(app: FastifyInstance, settings: SecuritySettings): Promise<void> {
  const { publicUrl, corsOrigins = [], rateLimitPerMinute } = settings;
  const https = publicUrl?.startsWith("https:") ?? false;
  checkOrigins(app, settings);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: directives(https) },
    strictTransportSecurity: https,
  });
  await app.register(cors, {
    origin: [...corsOrigins],
    methods: ["GET", "POST", "PATCH", "DELETE"],
    exposedHeaders: ["etag", "retry-after"],
  });
  await app.register(cookie);
  await app.register(rateLimit, {
    max: rateLimitPerMinute,
    timeWindow: 60_000,
    // Requests made without a network have no address.
    keyGenerator: (request) => request.ip ?? "local",
    allowList: (request) => request.routeOptions.config.unlimited === true,
    errorResponseBuilder: (_request, { max, after }) =>
      new Problem("rate_limited", `At most ${max} requests a minute; try again in ${after}.`),
  });
  await app.register(underPressure, {
    maxEventLoopDelay: 5000,
    pressureHandler: (request, _reply, _type, value) => {
      // Infinity means that nothing has been measured yet, as in the first second.
      if (request.routeOptions.config.unlimited === true || value === Number.POSITIVE_INFINITY) return;
      throw new Problem("overloaded");
    },
  });
}
