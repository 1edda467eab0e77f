import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock, lockHolder, LockHeldError } from "../src/index.ts";
import { startTimeOf } from "../src/processes.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "etude-lock-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("one holder at a time, and nothing left behind", async () => {
  const path = join(dir, "a.lock");
  const release = await acquireLock(path);
  expect(lockHolder(path)?.pid).toBe(process.pid);
  await expect(acquireLock(path)).rejects.toBeInstanceOf(LockHeldError);
  release();
  expect(readdirSync(dir)).toEqual([]);
  (await acquireLock(path))();
});

test("many that wait take turns, never two at once", async () => {
  const path = join(dir, "a.lock");
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const release = await acquireLock(path, 30_000);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      release();
    }),
  );
  expect(most).toBe(1);
  expect(readdirSync(dir)).toEqual([]);
});

test("the lock of a process that was killed is taken over", async () => {
  const path = join(dir, "a.lock");
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const pid = child.pid ?? 0;
  writeFileSync(path, JSON.stringify({ pid, startTime: startTimeOf(pid), token: "theirs" }));
  await expect(acquireLock(path)).rejects.toThrow(`held by process ${pid}`);
  child.kill("SIGKILL");
  await once(child, "exit");
  (await acquireLock(path))();
});

test("the lock of an earlier process with the pid of a living one is taken over", async () => {
  const path = join(dir, "a.lock");
  writeFileSync(path, JSON.stringify({ pid: process.pid, startTime: "long ago", token: "theirs" }));
  (await acquireLock(path))();
});

test("an empty lock file, as a power cut leaves it, is taken over", async () => {
  const path = join(dir, "a.lock");
  writeFileSync(path, "");
  (await acquireLock(path))();
});
