import { createPostgresBackend, runMigrations, withBackend } from "bullmq";
import { Client } from "pg";
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

/** BullMQ on its own tables in a Postgres database; `poolSize` connections for each queue and worker. */
export function postgresBackend(pgUrl: string, poolSize: number): Backend {
  const connection = { connectionString: pgUrl, max: poolSize, connectionTimeoutMillis: 5000, keepAlive: true };
  return {
    kind: "postgres",
    queue: (name) => new Queue(name, { connection }),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection }),
    close: async () => {},
  };
}
