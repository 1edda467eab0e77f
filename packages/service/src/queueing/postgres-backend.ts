import { createPostgresBackend, runMigrations, withBackend, type PgPool } from "bullmq";
import { Client, Pool } from "pg";
import type { Logger } from "../logger.ts";
import { reportOutage } from "../report-outage.ts";
import type { Backend } from "./bullmq-queueing.ts";

const { Queue, Worker } = withBackend(createPostgresBackend);

/** Makes BullMQ's tables in schema `bullmq` when they are missing. Safe to call from several processes at once. */
export async function migrateQueue(pgUrl: string): Promise<void> {
  const client = new Client({ connectionString: pgUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

/**
 * BullMQ on its own tables in a Postgres database, over one pool: each worker keeps a connection of it to listen on.
 * The pool is ours, since BullMQ's own does not hear the errors of connections that it has lent out.
 */
export function postgresBackend(pgUrl: string, poolSize: number, logger: Logger): Backend {
  const outage = reportOutage(logger, "queue connection (postgres)");
  const pool = new Pool({
    connectionString: pgUrl,
    max: poolSize,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    options: "-c search_path=bullmq",
  });
  pool.on("error", outage.failed);
  pool.on("connect", (client) => {
    client.on("error", outage.failed);
    outage.worked();
  });
  // BullMQ describes the pool by a type of its own that pg's overloads do not fit.
  const connection = pool as unknown as PgPool;
  return {
    kind: "postgres",
    queue: (name) => new Queue(name, { connection }),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection }),
    close: () => pool.end(),
  };
}
