import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Programs that tests use when they are there, and the names under which they are found. */
const programs = {
  "redis-server": ["redis-server", "valkey-server"],
  chromium: ["chromium", "chromium-browser", "google-chrome"],
} as const;

/** True in CI, where a missing program is installed and a test skipped for want of one is a failure. */
export const mayInstall = process.env["ETUDE_TEST_INSTALL"] === "1";

let listsAreFresh = false;

function onPath(names: readonly string[]): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

function apt(...args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const result = spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args], { encoding: "utf8", env });
  if (result.status !== 0) {
    throw new Error(`apt-get ${args.join(" ")} failed: ${(result.stderr || result.error?.message || "").trim()}`);
  }
}

/**
 * Path of a program on PATH; with ETUDE_TEST_INSTALL=1 a missing one is installed by apt first.
 * Null when it is missing and may not be installed. Throws when installing fails.
 */
export function findOrInstall(program: keyof typeof programs): string | null {
  const found = onPath(programs[program]);
  if (found !== null || !mayInstall) return found;
  if (!listsAreFresh) apt("update");
  listsAreFresh = true;
  apt("install", "--yes", "--no-install-recommends", program);
  return onPath(programs[program]);
}

// Run directly, before the tests: installs everything at once, while nothing else uses apt.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const program of Object.keys(programs) as (keyof typeof programs)[]) {
    console.log(`${program}: ${findOrInstall(program) ?? "not installed"}`);
  }
}
