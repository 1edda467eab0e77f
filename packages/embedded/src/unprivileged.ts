import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join, dirname } from "node:path";
import { linkLibraries, type PostgresBinaries } from "./find-binaries.ts";

/** How Postgres is run here: as whom, from which binaries, on which data folder. */
export interface Placement {
  /** In words, for the log: "same user", "user postgres", "user namespace", "user postgres, data in …". */
  how: string;
  bin: string;
  dataDir: string;
  /** Set when the process must drop to another user. */
  identity: { uid?: number; gid?: number };
  /** The command to spawn for a binary with arguments. */
  command(program: string, args: string[]): [string, string[]];
}

const plain = (program: string, args: string[]): [string, string[]] => [program, args];

function ordinaryUser(): { name: string; uid: number; gid: number } | null {
  for (const name of ["postgres", "nobody"]) {
    const id = (flag: string): number =>
      Number(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout?.trim() || 0);
    const user = { name, uid: id("-u"), gid: id("-g") };
    if (user.uid > 0 && user.gid > 0) return user;
  }
  return null;
}

/** Copies the npm package's binaries below `folder`, in one step for anyone who looks, and returns their `bin` folder. */
function copyBinaries(binaries: PostgresBinaries, folder: string): string {
  const target = join(folder, `postgres-${binaries.packageVersion}`);
  if (binaries.origin !== "npm") {
    throw new Error(
      `${binaries.bin} cannot be run by an unprivileged user. Make it readable for all, or set DATABASE_URL.`,
    );
  }
  if (!existsSync(target)) {
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    const draft = `${target}.${randomUUID()}`;
    cpSync(dirname(binaries.bin), join(draft, "native"), { recursive: true, verbatimSymlinks: true });
    linkLibraries(draft);
    spawnSync("chmod", ["-R", "a+rX", draft]);
    renameSync(draft, target);
  }
  return join(target, "native", "bin");
}

/** Gives `path` and all below to `uid`:`gid`; nothing is touched when it belongs to `uid` already. */
function giveTo(path: string, uid: number, gid: number): void {
  if (lstatSync(path).uid === uid) return;
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) chownSync(file, uid, gid);
  }
  chownSync(path, uid, gid);
}

function placeAsRoot(binaries: PostgresBinaries, dir: string, outside: string | undefined): Placement {
  const user = ordinaryUser();
  if (!user)
    throw new Error(
      "Running as root, and neither user postgres nor nobody exists. Run as an ordinary user or set DATABASE_URL.",
    );
  const identity = { uid: user.uid, gid: user.gid };
  const asUser = (program: string, args: string[]): boolean =>
    spawnSync(program, args, { cwd: "/", ...identity }).status === 0;
  const reachable = asUser(join(binaries.bin, "postgres"), ["--version"]);
  const inside = join(dir, "pgdata");
  const prepare = (dataDir: string, uid: number, gid: number): string => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    giveTo(dataDir, uid, gid);
    return dataDir;
  };

  if (outside === undefined && reachable && asUser("test", ["-x", dir])) {
    const dataDir = prepare(inside, user.uid, user.gid);
    return { how: `user ${user.name}`, bin: binaries.bin, dataDir, identity, command: plain };
  }
  // Below /root no other user can reach us: in a user namespace we only look like another user.
  const namespace = ["--user", `--map-user=${user.uid}`, `--map-group=${user.gid}`, "--"];
  const probe = ["unshare", [...namespace, join(binaries.bin, "postgres"), "--version"]] as const;
  if (outside === undefined && spawnSync(...probe).status === 0) {
    const command = (program: string, args: string[]): [string, string[]] => [
      "unshare",
      [...namespace, program, ...args],
    ];
    return { how: "user namespace", bin: binaries.bin, dataDir: prepare(inside, 0, 0), identity: {}, command };
  }
  if (outside === undefined && existsSync(join(inside, "PG_VERSION"))) {
    throw new Error(
      `User ${user.name} cannot reach the data in ${inside}, and user namespaces are not available. Move it out of the private folder.`,
    );
  }
  const key = createHash("sha256").update(`${binaries.bin}\0${dir}`).digest("hex").slice(0, 12);
  const base = join("/var/lib/etude", key);
  mkdirSync(base, { recursive: true, mode: 0o755 });
  const bin = reachable ? binaries.bin : copyBinaries(binaries, base);
  const dataDir = prepare(outside ?? join(base, "pgdata"), user.uid, user.gid);
  return { how: `user ${user.name}, data in ${dataDir}`, bin, dataDir, identity, command: plain };
}

/**
 * Decides how to run Postgres, which refuses to run as root. An ordinary user runs it as it is. Root drops to
 * `postgres` or `nobody`; where they cannot reach the project (below /root), it enters a user namespace; where that is
 * forbidden, binaries and data go to /var/lib/etude. `outside` is the data folder of an earlier start that went there.
 */
export function placePostgres(found: PostgresBinaries, dir: string, outside?: string): Placement {
  const complete = found.origin !== "npm" || linkLibraries(join(found.bin, "..", ".."));
  const binaries = complete ? found : { ...found, bin: copyBinaries(found, dir) };
  if (process.getuid?.() === 0) return placeAsRoot(binaries, dir, outside);
  const dataDir = outside ?? join(dir, "pgdata");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const owner = lstatSync(dataDir).uid;
  if (process.getuid && owner !== process.getuid()) {
    throw new Error(
      `${dataDir} belongs to another user (uid ${owner}). Start as that user or as root, or choose another ETUDE_DATA_DIR.`,
    );
  }
  return { how: "same user", bin: binaries.bin, dataDir, identity: {}, command: plain };
}
