import type { OperationName, Scope } from "@etude/contracts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the caller must be allowed; a route without it needs `read`. */
    scope?: Scope | "none";
    operation?: OperationName;
    /** Answered under any Host: probes call by address. */
    openHost?: boolean;
    /** Outside the rate limit and the load shedding. */
    unlimited?: boolean;
  }
}
