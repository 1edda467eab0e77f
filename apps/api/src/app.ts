/** The service, as a table of contents. */
import { randomUUID } from "node:crypto";
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { readShippedCells } from "@etude/learning/corpus";
import type { Settings } from "@etude/service";
import { Access } from "./access/access.ts";
import { checksOf } from "./checks.ts";
import { gaugesOf } from "./gauges.ts";
import { createLive } from "./live/socket.ts";
import type { Parts } from "./parts.ts";
import { registerAuth } from "./plugins/auth.ts";
import { maxBodyBytes, registerBody } from "./plugins/body.ts";
import { registerDashboard } from "./plugins/dashboard.ts";
import { registerDocsPages, registerDocument } from "./plugins/docs.ts";
import { registerErrorPages } from "./plugins/error-pages.ts";
import { registerErrors, sendProblem, toProblem } from "./plugins/errors.ts";
import { registerHealth } from "./plugins/health.ts";
import { registerMetrics } from "./plugins/metrics.ts";
import { registerSecurity } from "./plugins/security.ts";
import { accessRoutes } from "./routes/access.ts";
import { artifactRoutes } from "./routes/artifacts.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { Past } from "./evidence/past.ts";
import { evidenceRoutes } from "./routes/evidence.ts";
import { externalRoutes } from "./routes/external.ts";
import { historyRoutes } from "./routes/history.ts";
import { policyRoutes } from "./routes/policies.ts";
import { queryRoutes } from "./routes/query.ts";
import { recommendationRoutes } from "./routes/recommendations.ts";
import { lawRoutes } from "./routes/laws.ts";
import { rateRoutes } from "./routes/rates.ts";
import { retentionRoutes } from "./routes/retention.ts";
import { runActionRoutes } from "./routes/run-actions.ts";
import { runRoutes } from "./routes/runs.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { serverRoutes } from "./routes/server.ts";
import { studyRoutes } from "./routes/studies.ts";
import { uploadRoutes } from "./routes/uploads.ts";
import { serializerCompiler, validatorCompiler } from "./serve.ts";
import { version } from "./version.ts";

/** Fastify takes a number of hops as a function only. */
const trustOf = (trust: Settings["trustProxy"]) =>
  typeof trust === "number" ? (_address: string, hop: number): boolean => hop < trust : trust;

/** Returns the service, ready to listen or to be called with `inject`. Closing it leaves the parts open. */
export async function buildApp(parts: Parts): Promise<FastifyInstance> {
  const { settings, db, logger } = parts;
  const https = settings.publicUrl?.startsWith("https:") ?? false;
  const access = new Access(db);
  const live = createLive(parts);
  const past = new Past(db, readShippedCells);
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: maxBodyBytes,
    trustProxy: trustOf(settings.trustProxy),
    frameworkErrors: (error, request, reply) => void sendProblem(request, reply, toProblem(error)),
    forceCloseConnections: "idle",
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  await live.register(app);
  registerErrors(app);
  registerBody(app);
  await registerSecurity(app, settings);
  registerAuth(app, access);
  await registerDocument(app, version);
  registerMetrics(app, parts.metrics, gaugesOf(parts));
  registerHealth(app, checksOf(parts));

  runRoutes(app, parts);
  runActionRoutes(app, parts);
  await externalRoutes(app, parts);
  historyRoutes(app, { db });
  artifactRoutes(app, parts);
  queryRoutes(app, { db });
  catalogueRoutes(app);
  scheduleRoutes(app, parts);
  policyRoutes(app, parts);
  lawRoutes(app, { db });
  studyRoutes(app, parts);
  retentionRoutes(app, parts);
  rateRoutes(app, parts);
  evidenceRoutes(app, parts, past);
  recommendationRoutes(app, past);
  await uploadRoutes(app, parts);
  accessRoutes(app, { db, access, https });
  serverRoutes(app, { ...parts, access, version });
  live.route(app);

  registerErrorPages(app);
  await registerDocsPages(app);
  await registerDashboard(app, parts.webRoot);
  return app;
}
