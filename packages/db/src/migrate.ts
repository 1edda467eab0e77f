import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";

/** The folder of migrations of this version: src and dist lie at the same depth. */
export const migrationsFolder = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

export interface MigrationReport {
  /** Names of the migrations applied now. */
  readonly applied: string[];
  /** Applied earlier, but the file has changed since. */
  readonly changed: string[];
  /** In the database, but unknown here: a newer version of Etude made them. */
  readonly unknown: string[];
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Prisma's own lock, so that its command line and we never migrate at once. */
const prismaLock = 72_707_369;

// Word for word the table that Prisma makes.
const createTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(`${folder}/${name}/migration.sql`, "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  // One transaction: a migration is applied and recorded, or neither, even when the machine dies in between.
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Migration ${name} failed and was rolled back; the database is unchanged: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * Brings the database at `url` to this version's schema, writing Prisma's own _prisma_migrations; waits while another
 * process migrates. Throws when a migration fails, and when an earlier one was left half applied by another tool.
 */
export async function migrate(url: string, folder: string = migrationsFolder): Promise<MigrationReport> {
  const migrations = await readMigrations(folder);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined); // also reported by the query under way
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [prismaLock]);
    await client.query("SET client_min_messages = warning");
    await client.query(createTable);
    const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
      `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
         FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
    );
    const half = rows.find(({ finished }) => !finished);
    if (half) {
      throw new Error(
        `Migration ${half.name} was begun but not finished. Look at what it changed, then tell Prisma the outcome with ` +
          `\`npx prisma migrate resolve --applied ${half.name}\` or \`--rolled-back ${half.name}\`, and start again.`,
      );
    }
    const done = new Map(rows.map(({ name, checksum }) => [name, checksum]));
    const missing = migrations.filter(({ name }) => !done.has(name));
    for (const migration of missing) await apply(client, migration);
    return {
      applied: missing.map(({ name }) => name),
      changed: migrations
        .filter(({ name, checksum }) => (done.get(name) ?? checksum) !== checksum)
        .map(({ name }) => name),
      unknown: [...done.keys()].filter((name) => !migrations.some((migration) => migration.name === name)),
    };
  } finally {
    await client.end();
  }
}
