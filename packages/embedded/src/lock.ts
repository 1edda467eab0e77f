import { randomUUID } from "node:crypto";
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, startTimeOf } from "./processes.ts";

/** Who holds a lock. `startTime` tells the holder from a later process with the same pid. */
export interface LockHolder {
  pid: number;
  startTime: string;
  token: string;
}

/** Thrown when a lock is still held by a running process after the wait. */
export class LockHeldError extends Error {
  readonly holder: LockHolder;
  constructor(path: string, holder: LockHolder) {
    super(`${path} is held by process ${holder.pid}, which is still running.`);
    this.name = "LockHeldError";
    this.holder = holder;
  }
}

function readHolder(path: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as LockHolder;
  } catch {
    return null;
  }
}

const holds = (holder: LockHolder): boolean => isAlive(holder.pid) && startTimeOf(holder.pid) === holder.startTime;

/** The running holder of the lock file, or null when it is free or its holder is gone. */
export function lockHolder(path: string): LockHolder | null {
  const holder = readHolder(path);
  return holder && holds(holder) ? holder : null;
}

/** Moves a dead holder's file away; puts it back when another process had already taken the lock in between. */
function removeStale(path: string, token: string | undefined): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  try {
    if (readHolder(aside)?.token !== token) linkSync(aside, path);
  } catch {
    // The name was taken again meanwhile: the file moved aside has nothing left to protect.
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Takes the lock file `path` and returns the function that gives it back. The file appears with its content in one
 * step (a hard link), and a lock whose holder died, kill -9 included, is taken over.
 * Throws LockHeldError when a running process keeps it longer than `waitMs`.
 */
export async function acquireLock(path: string, waitMs = 0): Promise<() => void> {
  const mine: LockHolder = { pid: process.pid, startTime: startTimeOf(process.pid), token: randomUUID() };
  const draft = `${path}.${mine.token}`;
  const end = Date.now() + waitMs;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o644 });
  try {
    for (;;) {
      try {
        linkSync(draft, path);
        return () => {
          if (readHolder(path)?.token === mine.token) rmSync(path, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = readHolder(path);
      if (!holder && !existsSync(path)) continue;
      if (!holder || !holds(holder)) removeStale(path, holder?.token);
      else if (Date.now() > end) throw new LockHeldError(path, holder);
      else await sleep(50);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}
