import { createPostgresBackend, runMigrations, withBackend } from "bullmq";
import { Client } from "pg";
import type { Backend } from "./bullmq-queueing.ts";

const { Queue, Worker } = withBackend(createPostgresBackend);

/** BullMQ on its own tables in schema `bullmq` of a Postgres database, which are made here when missing. */
export async function postgresBackend(pgUrl: string, poolSize: number): Promise<Backend> {
  const client = new Client({ connectionString: pgUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
  const connection = { connectionString: pgUrl, max: poolSize, connectionTimeoutMillis: 5000, keepAlive: true };
  return {
    kind: "postgres",
    queue: (name) => new Queue(name, { connection }),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection }),
    close: async () => {},
  };
}
