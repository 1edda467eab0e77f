import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Pool } from "pg";
import { afterAll, inject } from "vitest";

/** Runs `use` on the throw-away server, outside any test database. */
async function administer<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(inject("postgresAdminUrl"));
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/**
 * Drops the database. Pools that were just ended take a moment to hang up: they are given it, since a connection that is
 * cut meanwhile raises an error nobody listens for any more.
 */
const drop = (name: string): Promise<void> =>
  administer(async (client) => {
    for (let tries = 0; tries < 40; tries += 1) {
      const left = await client.query("select 1 from pg_stat_activity where datname = $1", [name]);
      if (left.rowCount === 0) break;
      await sleep(25);
    }
    await client.query(`drop database ${name} with (force)`);
  });

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
  await administer((client) => client.query(`create database ${name} template ${inject("templateDatabase")}`));
  const url = new URL(inject("postgresAdminUrl"));
  url.pathname = `/${name}`;
  const pool = new Pool({ connectionString: url.href, max: 4 });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  afterAll(async () => {
    await pool.end();
    await drop(name);
  });
  return { url: url.href, pool };
}
