/** /metrics in Prometheus' form, and the times of requests in it. */
import type { Metrics } from "@etude/service";
import type { FastifyInstance } from "fastify";

/** Registers both; reading needs the scope `read`. `collect` brings the gauges up to date before each reading. */
export function registerMetrics(app: FastifyInstance, metrics: Metrics, collect: () => Promise<void>): void {
  const { registry, requestSeconds } = metrics;
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    requestSeconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get("/metrics", { config: { scope: "read", unlimited: true } }, async (request, reply) => {
    try {
      await collect();
    } catch (error) {
      request.log.warn({ err: error }, "gauges could not be read");
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
