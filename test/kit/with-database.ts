import { randomUUID } from "node:crypto";
import { Client, Pool } from "pg";
import { afterAll, inject } from "vitest";

/** Runs one statement on the throw-away server, outside any test database. */
async function administer(statement: string): Promise<void> {
  const client = new Client(inject("postgresAdminUrl"));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export interface TestDatabase {
  url: string;
  /** A small pool on it, closed after the file. */
  pool: Pool;
}

/**
 * A fresh, migrated database for the calling test file (or describe block), dropped after it with whatever is still
 * connected: `const { url } = await withDatabase();` at the top of the file.
 */
export async function withDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer(`create database ${name} template ${inject("templateDatabase")}`);
  const url = new URL(inject("postgresAdminUrl"));
  url.pathname = `/${name}`;
  const pool = new Pool({ connectionString: url.href, max: 4 });
  pool.on("error", () => {});
  afterAll(async () => {
    await pool.end();
    await administer(`drop database ${name} with (force)`);
  });
  return { url: url.href, pool };
}
