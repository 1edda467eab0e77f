/** /docs/errors: where the `type` of every problem points. */
import { problems } from "@etude/contracts";
import type { FastifyInstance } from "fastify";

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const rows = Object.entries(problems)
  .map(
    ([code, { status, title, remedy }]) =>
      `<h2 id="${code}"><code>${code}</code> · ${status}</h2><p>${escape(title)}.</p><p>${escape(remedy)}</p>`,
  )
  .join("\n");

const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Etude: errors</title>
<body style="font: 16px/1.5 system-ui; max-width: 48rem; margin: 2rem auto; padding: 0 1rem">
<h1>Errors</h1>
<p>Every error is a JSON document (RFC 9457) with one of these codes.</p>
${rows}
</body></html>`;

/** Registers the page. */
export function registerErrorPages(app: FastifyInstance): void {
  app.get("/docs/errors", { config: { scope: "none" } }, (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(page),
  );
}
