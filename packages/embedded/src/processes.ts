import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const onLinux = existsSync("/proc/self/stat");

/** The fields of /proc/<pid>/stat after the command name, from `state` on; null when there is no such process. */
function statFields(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

const ps = (pid: number, column: string): string =>
  spawnSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";

/** Whether process `pid` runs. A zombie, which only waits for its parent to read its exit status, counts as gone. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !onLinux || statFields(pid)?.[0] !== "Z";
}

/** When process `pid` started, as an opaque string: with the pid it names one process for good, however pids are reused. */
export function startTimeOf(pid: number): string {
  return onLinux ? (statFields(pid)?.[19] ?? "") : ps(pid, "lstart");
}

/** The command line of process `pid`, its arguments joined by spaces; empty when unknown. */
export function commandOf(pid: number): string {
  if (!onLinux) return ps(pid, "command");
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

/** Resolves to true once `pid` is gone, to false when it still runs after `waitMs`. */
export async function waitForExit(pid: number, waitMs: number): Promise<boolean> {
  const end = Date.now() + waitMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await sleep(25);
  }
  return true;
}

/** Sends `signals` in turn, each only when the process outlived the one before for `graceMs`, and waits for its end. */
export async function stopProcess(pid: number, signals: NodeJS.Signals[], graceMs: number): Promise<void> {
  for (const signal of signals) {
    if (!isAlive(pid)) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
      throw error;
    }
    if (await waitForExit(pid, graceMs)) return;
  }
  throw new Error(`Process ${pid} did not stop within ${(graceMs * signals.length) / 1000} s.`);
}
