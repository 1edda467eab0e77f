/** /health/live says that the process answers; /health/ready says whether each service that it needs does. */
import type { FastifyInstance } from "fastify";

/** Rejects when the service is away. */
export type Check = () => Promise<unknown>;

interface State {
  readonly status: "up" | "down";
  readonly detail?: string;
}

const timeoutMs = 2000;

async function stateOf(check: Check): Promise<State> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([check(), late]);
    return { status: "up" };
  } catch (error) {
    return { status: "down", detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
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
