import type { FastifyInstance } from "fastify";

/** Largest body in bytes: a thousand runs in one request, or a large model as JSON. */
export const maxBodyBytes = 4 * 1024 * 1024;

/** Registers the one understood body: JSON. An empty one counts as absent, since many clients send the type without. */
export function registerBody(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body: string, done) => {
    if (body.trim() === "") done(null, undefined);
    else parse(request, body, done);
  });
}
