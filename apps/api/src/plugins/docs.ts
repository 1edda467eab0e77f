import "../route-config.ts";
/** The OpenAPI 3.1 document, made from the table of operations, and its pages at /docs. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import { tidyComponents } from "./tidy-components.ts";

const tags = [
  { name: "Runs", description: "Submit, list, steer and copy training runs." },
  { name: "External runs", description: "Log a training that runs elsewhere." },
  { name: "History", description: "What a run recorded." },
  { name: "Queries", description: "Ask many runs at once: find, compare, read in bulk." },
  { name: "Schedules", description: "What a run can be made of, and rates without training." },
  { name: "Studies", description: "Runs that belong together." },
  { name: "Laws", description: "What the loss will be under a schedule, and which schedule follows from that." },
  { name: "Uploads", description: "Files of data that runs learn from." },
  { name: "Policies", description: "Small networks that move the rate, trained by reinforcement learning." },
  { name: "Evidence", description: "What finished trainings say, and which schedule to try next." },
  { name: "Access", description: "Keys and browser sessions." },
  { name: "Server", description: "The state of this installation." },
];

const description = `Etude trains models under learning-rate schedules and keeps every curve.

Errors are \`application/problem+json\` (RFC 9457); each \`code\` is explained at the address in \`type\`.
Live curves come over the WebSocket at \`/v1/live\`, whose frames are described in the frames reference.`;

const withSchemas = createJsonSchemaTransformObject({});

/** Registers the document; routes added later are part of it. */
export async function registerDocument(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Etude", version, description, license: { name: "MIT", identifier: "MIT" } },
      servers: [{ url: "/" }],
      tags,
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key." },
          session: { type: "apiKey", in: "cookie", name: "etude_session", description: "Made by POST /v1/sessions." },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
    transformObject: (input) => tidyComponents(withSchemas(input)),
    hideUntagged: true,
  });
}

/** Serves the pages; reading them needs the scope `read`. */
export async function registerDocsPages(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, scope: "read" };
    });
    await scope.register(swaggerUi, { routePrefix: "/docs", uiConfig: { deepLinking: true } });
  });
}
