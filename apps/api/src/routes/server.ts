import type { ServerInfo } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Blobs, Bus, Queueing } from "@etude/service";
import type { FastifyInstance } from "fastify";
import type { Access } from "../access/access.ts";
import { serve } from "../serve.ts";

interface ServerRoutesOptions {
  readonly db: Database;
  readonly queueing: Queueing;
  readonly bus: Bus;
  readonly blobs: Blobs;
  readonly access: Access;
  readonly version: string;
}

/** The state of this installation. */
export function serverRoutes(app: FastifyInstance, options: ServerRoutesOptions): void {
  const { db, queueing, bus, blobs, access, version } = options;

  serve(app, "getInfo", async (): Promise<ServerInfo> => {
    const [keysRequired, workers, counts] = await Promise.all([access.keysRequired(), db.workers.list(), db.counts()]);
    return { version, queue: queueing.kind, bus: bus.kind, blobs: blobs.kind, keysRequired, workers, ...counts };
  });
}
