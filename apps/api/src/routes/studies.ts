import type { Database } from "@etude/db";
import type { FastifyInstance } from "fastify";
import { serve } from "../serve.ts";

/** Studies: runs that belong together. */
export function studyRoutes(app: FastifyInstance, { db }: { readonly db: Database }): void {
  serve(app, "createStudy", ({ body }) => db.studies.create(body));
  serve(app, "listStudies", ({ query }) => db.studies.list(query));
  serve(app, "getStudy", ({ params }) => db.studies.get(params.studyId));
}
