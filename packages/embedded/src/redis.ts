import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { findRedis } from "./find-binaries.ts";
import { freePort } from "./free-port.ts";
import { acquireLock } from "./lock.ts";
import type { RunningServer } from "./postgres.ts";
import { isAlive, stopProcess } from "./processes.ts";
import { readState, writeState, type ServerState } from "./state-file.ts";

export interface RedisOptions {
  /** Folder for data, log, lock and state; made when missing. */
  dir: string;
  /** Port for a new start; the last one, if free, or any free one when left out. */
  port?: number;
  /** Path of another server binary than the one on PATH. */
  binary?: string;
}

const startWaitMs = 30_000;
const urlOf = (state: ServerState): string =>
  `redis://:${encodeURIComponent(state.password)}@127.0.0.1:${state.port}/0`;

/** The pid of the server behind `state` if it answers with our password and keeps its data in `dataDir`. */
async function pidOf(state: ServerState, dataDir: string): Promise<number | null> {
  const client = new Redis(urlOf(state), { lazyConnect: true, retryStrategy: () => null, connectTimeout: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.ping();
    const [, folder] = (await client.config("GET", "dir")) as [string, string];
    const pid = Number(/process_id:(\d+)/.exec(await client.info("server"))?.[1]);
    return folder === dataDir ? pid : null;
  } catch {
    return null;
  } finally {
    client.disconnect();
  }
}

async function waitForPid(state: ServerState, dataDir: string, gone: () => boolean): Promise<number | null> {
  const end = Date.now() + startWaitMs;
  for (;;) {
    const pid = await pidOf(state, dataDir);
    if (pid !== null || gone() || Date.now() > end) return pid;
    await sleep(50);
  }
}

function running(state: ServerState, how: string, pid: number, adopted: boolean): RunningServer {
  const stop = (): Promise<void> => stopProcess(pid, ["SIGTERM", "SIGKILL"], 20_000);
  return { url: urlOf(state), how, pid, adopted, isRunning: () => isAlive(pid), stop };
}

/**
 * Starts `redis-server` or `valkey-server` on `dir`, or adopts the one left running there, with an append-only file and
 * no eviction, as the queue needs it. Resolves to null when no such binary of version 6.2 or later is found.
 */
export async function startRedis(options: RedisOptions): Promise<RunningServer | null> {
  const binary = findRedis(options.binary);
  if (!binary) return null;
  mkdirSync(join(options.dir, "redis"), { recursive: true, mode: 0o755 });
  const dir = realpathSync(options.dir);
  const dataDir = join(dir, "redis");
  const statePath = join(dir, "redis.json");
  const logPath = join(dir, "redis.log");
  const release = await acquireLock(join(dir, "redis.lock"), 2 * startWaitMs);
  try {
    const saved = readState(statePath);
    const left = saved && (await pidOf(saved, dataDir));
    if (saved && left !== null) return running(saved, "adopted", left, true);

    const port = options.port ?? (await freePort(saved?.port));
    const state: ServerState = { port, password: saved?.password ?? randomBytes(18).toString("base64url") };
    writeState(statePath, state);
    const log = openSync(logPath, "a");
    const logStart = statSync(logPath).size;
    const child = spawn(binary.path, ["-"], { cwd: dataDir, detached: true, stdio: ["pipe", log, log] });
    closeSync(log);
    let ended = false;
    child.on("exit", () => (ended = true));
    child.on("error", () => (ended = true));
    child.unref();
    // By standard input, so that the password is in no argument list.
    const config = [
      `port ${port}`,
      "bind 127.0.0.1",
      `requirepass ${state.password}`,
      `dir ${JSON.stringify(dataDir)}`,
    ];
    const durability = ["appendonly yes", "appendfsync everysec", 'save ""', "maxmemory-policy noeviction"];
    child.stdin?.on("error", () => {});
    child.stdin?.end([...config, ...durability, ""].join("\n"));
    const pid = await waitForPid(state, dataDir, () => ended);
    if (pid === null) {
      if (!ended) child.kill("SIGKILL");
      throw new Error(
        `${binary.path} did not start: ${readFileSync(logPath).subarray(logStart).toString("utf8").trim()}`,
      );
    }
    return running(state, `${binary.path} ${binary.version}`, pid, false);
  } finally {
    release();
  }
}
