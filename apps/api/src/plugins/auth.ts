/** Admits each request by the scope of its route before its body is read, and a socket before its handshake. */
import type { FastifyInstance } from "fastify";
import type { Access, Caller } from "../access/access.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who calls; null on routes that are open to everybody. */
    caller: Caller | null;
  }
}

/** Registers the check. A route that names no scope needs `read`. */
export function registerAuth(app: FastifyInstance, access: Access): void {
  app.decorateRequest("caller", null);
  app.addHook("onRequest", async (request) => {
    const scope = request.routeOptions.config.scope ?? "read";
    if (request.is404 || scope === "none" || request.method === "OPTIONS") return;
    request.caller = await access.admit(request, scope);
  });
}
