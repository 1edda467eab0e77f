/** Serves the built dashboard; every address that is not ours otherwise is a page of it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { answerUnknown } from "./errors.ts";

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Etude</title>
<body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>Etude is running</h1>
<p>The dashboard has not been built. Run <code>npm run build</code> and start again.</p>
<p>The API is here all the same: <a href="/docs">its pages</a>, <a href="/health/ready">its state</a>.</p>
</body></html>`;

/** Addresses under these are the API's, never pages. */
const reserved = /^\/(v1|docs|health|metrics|assets)(\/|$)/;

const wantsPage = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === "GET" || method === "HEAD") &&
  !reserved.test(url.split("?")[0] ?? "/") &&
  (headers.accept === undefined || /text\/html|\*\/\*/.test(headers.accept));

/** Registers the dashboard of `webRoot` (a folder with index.html) and the answer to unknown addresses. */
export async function registerDashboard(app: FastifyInstance, webRoot: string | undefined): Promise<void> {
  const built = webRoot !== undefined && existsSync(join(webRoot, "index.html"));
  await app.register(async (scope) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, scope: "none" };
    });
    if (built)
      await scope.register(fastifyStatic, {
        root: webRoot,
        wildcard: false,
        index: false,
        cacheControl: false,
        setHeaders: (reply, path) => {
          // Files under assets/ carry a hash of their content in their name.
          const lasting = path.startsWith(join(webRoot, "assets"));
          void reply.header("cache-control", lasting ? "public, max-age=31536000, immutable" : "no-cache");
        },
      });
    const page = (reply: FastifyReply): FastifyReply =>
      built ? reply.sendFile("index.html") : reply.type("text/html; charset=utf-8").send(notBuilt);
    scope.setNotFoundHandler((request, reply) => (wantsPage(request) ? page(reply) : answerUnknown(request, reply)));
  });
}
