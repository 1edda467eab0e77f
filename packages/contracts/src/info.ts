import { z } from "zod";
import { Instant } from "./ids.ts";

/** A worker's heartbeat: which pool it serves and on what. */
export const WorkerInfo = z
  .object({
    id: z.string(),
    pool: z.string(),
    backend: z.string(),
    host: z.string(),
    pid: z.int(),
    runId: z.uuid().nullable(),
    seenAt: Instant,
  })
  .meta({ id: "WorkerInfo" });
export type WorkerInfo = z.output<typeof WorkerInfo>;

export const ServerInfo = z
  .object({
    version: z.string(),
    queue: z.enum(["redis", "postgres"]),
    bus: z.enum(["redis", "postgres"]),
    blobs: z.enum(["folder", "s3"]),
    keysRequired: z.boolean(),
    workers: z.array(WorkerInfo).describe("Those heard of within a minute."),
    waiting: z.int().describe("Queued runs."),
    running: z.int(),
  })
  .meta({ id: "ServerInfo" });
export type ServerInfo = z.output<typeof ServerInfo>;
