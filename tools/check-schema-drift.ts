/**
 * Proves that prisma/schema.prisma and prisma/migrations agree: replays the migrations into a shadow database and
 * compares. Needs a Postgres: DATABASE_URL, or the embedded one. Exits 1 and prints the missing SQL on a difference.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@etude/embedded";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Prisma's diff from migrations to schema. */
function diff(url: string): { agrees: boolean; differs: boolean; output: string } {
  const args = ["migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", "prisma/schema.prisma"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules/prisma/build/index.js"), ...args, "--script", "--exit-code"],
    {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        DATABASE_URL: url,
        PRISMA_SCHEMA_ENGINE_BINARY: join(root, "prisma/schema-engine.mjs"),
        CHECKPOINT_DISABLE: "1",
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
      },
    },
  );
  // Prisma also exits 0 when its engine dies, so only the words count as agreement.
  const agrees = status === 0 && stdout.includes("This is an empty migration");
  return { agrees, differs: status === 2, output: status === 2 ? stdout : `${stdout}${stderr}` };
}

async function withPostgres<T>(use: (url: string) => T): Promise<T> {
  const given = process.env["DATABASE_URL"];
  if (given) return use(given);
  const dir = mkdtempSync(join(tmpdir(), "etude-drift-"));
  const server = await startPostgres({ dir, database: "drift", parameters: { fsync: "off" } });
  try {
    return use(server.url);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const { agrees, differs, output } = await withPostgres(diff);
if (agrees) console.log("Schema and migrations agree.");
else {
  const said = differs ? "The migrations lack this:" : "The comparison failed:";
  console.error(`${said}\n${output}`);
  process.exitCode = 1;
}
