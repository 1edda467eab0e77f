import type { Database } from "@etude/db";
import type { FastifyInstance } from "fastify";
import { serve } from "../serve.ts";

/** What may be deleted by itself; the reconciler does it. */
export function retentionRoutes(app: FastifyInstance, { db }: { readonly db: Pick<Database, "retention"> }): void {
  serve(app, "listRetention", async () => ({ policies: await db.retention.list() }));
  serve(app, "setRetention", ({ body }) => db.retention.set(body));
  serve(app, "previewRetention", ({ body }) => db.retention.preview(body));
  serve(app, "deleteRetention", ({ params }) => db.retention.remove(params.policyId));
}
