import { Problem } from "@etude/contracts";
import type { FastifyInstance } from "fastify";
import type { Parts } from "../parts.ts";
import { serve } from "../serve.ts";

/** What runs left behind: policies, reports. */
export function artifactRoutes(app: FastifyInstance, { db, blobs }: Pick<Parts, "db" | "blobs">): void {
  serve(app, "listArtifacts", async ({ params }) => ({ artifacts: await db.artifacts.list(params.runId) }));

  serve(app, "getArtifact", async ({ params, request, reply }) => {
    const artifacts = await db.artifacts.list(params.runId);
    const found = artifacts.find(({ name }) => name === params.name);
    if (!found) {
      const names = artifacts.map(({ name }) => name).join(", ") || "none";
      throw new Problem("artifact_not_found", `The run has no artifact ${params.name}; it has: ${names}.`);
    }
    const etag = `"${found.sha256}"`;
    void reply.headers({ etag, "cache-control": "private, no-cache" });
    if (request.headers["if-none-match"] === etag) return reply.status(304).send();
    const bytes = await blobs.get(found.sha256);
    if (!bytes) throw new Problem("artifact_not_found", `The bytes of ${params.name} are gone from the blob store.`);
    return reply.type(found.mediaType).send(Buffer.from(bytes));
  });
}
