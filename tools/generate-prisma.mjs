/**
 * Generates the Prisma client into packages/db/src/generated, without downloading anything, and only when the schema
 * or Prisma's version changed since the last time. Run with `--force` to do it anyway.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const output = join(root, "packages/db/src/generated");
const stamp = join(output, "schema.sha256");
const require = createRequire(join(root, "package.json"));

const read = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
};

/** Makes the client current. Returns whether it had to; throws with Prisma's own words when it cannot. */
export function generatePrisma({ force = false } = {}) {
  const prisma = require.resolve("prisma/package.json");
  const { version, bin } = JSON.parse(read(prisma));
  const schema = read(join(root, "prisma/schema.prisma"));
  const wanted = createHash("sha256").update(`${version}\n${schema}`).digest("hex");
  if (!force && read(stamp) === wanted) return false;
  rmSync(output, { recursive: true, force: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(dirname(prisma), bin.prisma), "generate", "--no-hints"],
    {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: join(root, "prisma/schema-engine.mjs"),
        CHECKPOINT_DISABLE: "1",
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
      },
    },
  );
  if (status !== 0) throw new Error(`prisma generate failed:\n${stdout}${stderr}`);
  writeFileSync(stamp, wanted);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = generatePrisma({ force: process.argv.includes("--force") });
  console.log(made ? "Prisma client generated." : "Prisma client is current.");
}
