import { Problem } from "@etude/contracts";
import type { FastifyInstance } from "fastify";

/** Largest body in bytes: a thousand runs in one request, or a large model as JSON. */
export const maxBodyBytes = 4 * 1024 * 1024;
/** Deepest nesting of a body; schemas that hold themselves are walked by recursion. */
const maxDepth = 100;

/** How deeply objects and lists are nested in a JSON text. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let i = 0; i < json.length; i += 1) {
    const char = json[i];
    if (inText) {
      if (char === "\\") i += 1;
      else if (char === '"') inText = false;
    } else if (char === '"') inText = true;
    else if (char === "{" || char === "[") deepest = Math.max(deepest, (depth += 1));
    else if (char === "}" || char === "]") depth -= 1;
  }
  return deepest;
}

/** What to answer to a text that is nested too deeply. */
export const depthProblem = (json: string): Problem | undefined =>
  depthOf(json) > maxDepth
    ? new Problem("validation_failed", `The body is nested more than ${maxDepth} levels deep.`)
    : undefined;

/** Registers the one understood body: JSON. An empty one counts as absent, since many clients send the type without. */
export function registerBody(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body: string, done) => {
    if (body.trim() === "") return done(null, undefined);
    const why = depthProblem(body);
    if (why) return done(why);
    void parse(request, body, done);
  });
}
