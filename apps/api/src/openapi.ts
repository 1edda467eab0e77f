import { operations, type OperationName } from "@etude/contracts";
import fastify from "fastify";
import { registerDocument } from "./plugins/docs.ts";
import { routeSchema, validatorCompiler } from "./serve.ts";

/** Returns the OpenAPI document of the table of operations. It needs no services: handlers are not part of it. */
export async function openApiDocument(version: string): Promise<Record<string, unknown>> {
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  await registerDocument(app, version);
  for (const [name, { method, path }] of Object.entries(operations))
    app.route({ method, url: path, schema: routeSchema(name as OperationName), handler: () => undefined });
  await app.ready();
  const document = app.swagger() as unknown as Record<string, unknown>;
  await app.close();
  return document;
}
