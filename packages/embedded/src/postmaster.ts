import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dataFolderOf, urlOf } from "./connect.ts";
import { commandOf, isAlive } from "./processes.ts";
import type { ServerState } from "./state-file.ts";

const pidFileOf = (dataDir: string): string => join(dataDir, "postmaster.pid");
// Larger than any pid that Linux, macOS or Windows gives out.
const impossiblePid = "2147483647";

/** The pid in `postmaster.pid`, or null when no server has written one. */
export function postmasterPid(dataDir: string): number | null {
  try {
    const pid = Number(readFileSync(pidFileOf(dataDir), "utf8").split("\n", 1)[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** The pid of a running Postgres on this very data folder, or null. */
function runningPostmaster(dataDir: string): number | null {
  const pid = postmasterPid(dataDir);
  if (pid === null || !isAlive(pid)) return null;
  const command = commandOf(pid);
  return command.includes("postgres") && command.includes(dataDir) ? pid : null;
}

/**
 * After kill -9 the old pid may belong to some other process by now, which Postgres takes for a running server.
 * The pid is replaced by an impossible one and the file kept: Postgres still finds in it the shared memory of orphaned
 * server processes and refuses to start beside them.
 */
export function disarmStalePidFile(dataDir: string): void {
  const pid = postmasterPid(dataDir);
  if (pid === null || !isAlive(pid) || runningPostmaster(dataDir) !== null) return;
  const [, ...rest] = readFileSync(pidFileOf(dataDir), "utf8").split("\n");
  writeFileSync(pidFileOf(dataDir), [impossiblePid, ...rest].join("\n"));
}

/**
 * The pid of the server that an earlier start left running, once it answers with our password on our port for this data
 * folder. Null when none runs. Throws when one runs but stays silent for `waitMs` (recovery after a crash takes a while).
 */
export async function adoptPostmaster(state: ServerState, dataDir: string, waitMs: number): Promise<number | null> {
  const end = Date.now() + waitMs;
  let reason = "no answer";
  for (;;) {
    const pid = runningPostmaster(dataDir);
    if (pid === null) return null;
    try {
      if ((await dataFolderOf(urlOf(state, "postgres"))) === dataDir) return pid;
      reason = `port ${state.port} belongs to another server`;
    } catch (error) {
      reason = (error as Error).message;
    }
    if (Date.now() > end) {
      throw new Error(
        `Postgres (pid ${pid}) runs on ${dataDir} but cannot be used: ${reason}. Stop it and start again.`,
      );
    }
    await sleep(50);
  }
}
