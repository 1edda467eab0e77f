import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { postgresMajor } from "./find-binaries.ts";
import type { Placement } from "./unprivileged.ts";

function runOrThrow(placement: Placement, program: string, args: string[], input?: string): void {
  const [command, all] = placement.command(join(placement.bin, program), args);
  const options = input === undefined ? {} : { input };
  const result = spawnSync(command, all, { encoding: "utf8", cwd: "/", ...placement.identity, ...options });
  if (result.status !== 0) {
    throw new Error(`${program} failed: ${(result.stderr || result.error?.message || `exit ${result.status}`).trim()}`);
  }
}

/** Whether the data folder holds a finished cluster. */
export const hasCluster = (dataDir: string): boolean => existsSync(join(dataDir, "PG_VERSION"));

/** Throws unless the binaries are of the major version that wrote the data. Nothing is ever upgraded by itself. */
export function checkVersion(placement: Placement): void {
  const data = readFileSync(join(placement.dataDir, "PG_VERSION"), "utf8").trim();
  const binaries = postgresMajor(placement.bin, placement.identity);
  if (binaries === data) return;
  throw new Error(
    `The data in ${placement.dataDir} was written by PostgreSQL ${data}, the binaries in ${placement.bin} are ` +
      `${binaries === null ? "not runnable" : `PostgreSQL ${binaries}`}. Install PostgreSQL ${data}, or dump and restore the data, ` +
      `or choose another ETUDE_DATA_DIR.`,
  );
}

const draftPrefix = (dataDir: string): string => `${dataDir}.new-`;

/** Removes what interrupted first starts left. An initdb may outlive its killed parent and still write: a later start gets the rest. */
export function removeDrafts(dataDir: string): void {
  const prefix = basename(draftPrefix(dataDir));
  for (const name of readdirSync(dirname(dataDir)).filter((entry) => entry.startsWith(prefix))) {
    try {
      rmSync(join(dirname(dataDir), name), { recursive: true, force: true });
    } catch {
      // Still being written.
    }
  }
}

/**
 * Makes a new cluster whose superuser `postgres` has `password`. It is built beside its final place and renamed when
 * whole, so a kill in between leaves nothing that looks like a cluster.
 */
export function createCluster(placement: Placement, password: string): void {
  const draft = draftPrefix(placement.dataDir) + randomUUID();
  const { uid, gid } = placement.identity;
  const passwordFile = `${placement.dataDir}.password`;
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (uid !== undefined && gid !== undefined) for (const path of [draft, passwordFile]) chownSync(path, uid, gid);
  try {
    const access = ["-U", "postgres", "--pwfile", passwordFile, "--auth=scram-sha-256"];
    runOrThrow(placement, "initdb", ["-D", draft, ...access, "--encoding=UTF8", "--locale=C", "--no-instructions"]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  rmdirSync(placement.dataDir);
  renameSync(draft, placement.dataDir);
}

/** Sets a new superuser password in a stopped cluster whose old one was lost with the state file. */
export function resetPassword(placement: Placement, password: string): void {
  const statement = `alter role postgres with password '${password}';\n`;
  runOrThrow(placement, "postgres", ["--single", "-D", placement.dataDir, "postgres"], statement);
}
