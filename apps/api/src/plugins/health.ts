/** /health/live says that the process answers; /health/ready says whether each service that it needs does. */
import { once } from "node:events";
import type { FastifyInstance } from "fastify";

/** Rejects when the service is away; `late` aborts when nobody waits for the answer any more. */
export type Check = (late: AbortSignal) => Promise<unknown>;

interface State {
  readonly status: "up" | "down";
  readonly detail?: string;
}

const timeoutMs = 2000;

async function stateOf(check: Check): Promise<State> {
  const late = AbortSignal.timeout(timeoutMs);
  const expired = once(late, "abort").then(() => {
    throw new Error(`no answer within ${timeoutMs} ms`);
  });
  try {
    await Promise.race([check(late), expired]);
    return { status: "up" };
  } catch (error) {
    return { status: "down", detail: error instanceof Error ? error.message : String(error) };
  } finally {
    expired.catch(() => {});
  }
}

/** Registers both addresses, open to everybody. 503 while any service is down. */
export function registerHealth(app: FastifyInstance, checks: Readonly<Record<string, Check>>): void {
  const config = { scope: "none", openHost: true, unlimited: true } as const;
  app.get("/health/live", { config }, async (_request, reply) => {
    void reply.header("cache-control", "no-store");
    return { status: "up" };
  });
  app.get("/health/ready", { config }, async (_request, reply) => {
    const entries = Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)] as const);
    const services = Object.fromEntries(await Promise.all(entries));
    const ready = Object.values(services).every(({ status }) => status === "up");
    void reply.status(ready ? 200 : 503).header("cache-control", "no-store");
    return { status: ready ? "up" : "down", services };
  });
}
