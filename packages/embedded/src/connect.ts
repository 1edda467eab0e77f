import { setTimeout as sleep } from "node:timers/promises";
import { Client, escapeIdentifier } from "pg";
import type { ServerState } from "./state-file.ts";

/** The connection URL of a database on our server. */
export const urlOf = (state: ServerState, database: string): string =>
  `postgresql://postgres:${encodeURIComponent(state.password)}@127.0.0.1:${state.port}/${encodeURIComponent(database)}`;

/** Runs `use` on a fresh connection and closes it, whatever happens. */
async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The data folder of the server behind `url`; throws when it does not answer or does not take the password. */
export const dataFolderOf = (url: string): Promise<string> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    return rows[0]?.data_directory ?? "";
  });

/**
 * Waits until the server answers. Resolves to false when `gone()` turns true or `waitMs` pass.
 * A server that answers with a wrong-password error throws: waiting would not help.
 */
export async function waitUntilReady(url: string, waitMs: number, gone: () => boolean): Promise<boolean> {
  const end = Date.now() + waitMs;
  for (;;) {
    try {
      await dataFolderOf(url);
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === "28P01") throw error;
      if (gone() || Date.now() > end) return false;
      await sleep(50);
    }
  }
}

/** Creates `database` when it is missing. */
export const ensureDatabase = (adminUrl: string, database: string): Promise<void> =>
  withClient(adminUrl, async (client) => {
    const found = await client.query("select 1 from pg_database where datname = $1", [database]);
    if (found.rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`);
  });
