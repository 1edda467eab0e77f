import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
// By path: vitest resolves a global setup without our `source` condition, and would take an old build.
import { migrate } from "../../packages/db/src/index.ts";
import {
  acquireLock,
  lockHolder,
  startPostgres,
  startRedis,
  type RunningServer,
} from "../../packages/embedded/src/index.ts";
import { findOrInstall } from "./system-packages.ts";

declare module "vitest" {
  /** What every test file can read with vitest's `inject`. */
  export interface ProvidedContext {
    /** Superuser URL of the throw-away server's `postgres` database. */
    postgresAdminUrl: string;
    /** Name of the migrated database that test databases are cloned from. */
    templateDatabase: string;
    /** URL of the throw-away Redis without a database number, or null when no Redis is installed. */
    redisUrl: string | null;
  }
}

const prefix = "etude-tests-";
const template = "etude_template";
// The data lives minutes: a crash may take it.
const throwAway = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", autovacuum: "on" };

/** Stops and removes the servers of test runs that were killed before their teardown. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dir = join(tmpdir(), name);
    if (!existsSync(join(dir, "run.lock")) || lockHolder(join(dir, "run.lock"))) continue;
    if (existsSync(join(dir, "postgres.json"))) await (await startPostgres({ dir, database: "postgres" })).stop();
    if (existsSync(join(dir, "redis.json"))) await (await startRedis({ dir }))?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** One throw-away Postgres, and Redis where there is one, for all files of a project; see with-database.ts and with-redis.ts. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const withRedis = findOrInstall("redis-server") !== null;
  const dir = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(dir, 0o755);
  await acquireLock(join(dir, "run.lock"));
  const servers: RunningServer[] = [];
  const tearDown = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({ dir, database: template, parameters: throwAway });
    servers.push(postgres);
    const redis = withRedis ? await startRedis({ dir }) : null;
    if (redis) servers.push(redis);
    await migrate(postgres.url);
    const admin = new URL(postgres.url);
    admin.pathname = "/postgres";
    project.provide("postgresAdminUrl", admin.href);
    project.provide("templateDatabase", template);
    project.provide("redisUrl", redis ? new URL(redis.url).href.replace(/\/0$/, "") : null);
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}
