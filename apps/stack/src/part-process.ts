import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Running } from "./keeper.ts";

export interface PartOptions {
  readonly name: string;
  /** The file to run with this process's own Node flags. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logs: string;
  /** Time to finish in good order before it is killed. */
  readonly graceMs: number;
}

/** Reads what a part wrote to its log since `offset`, at most the last 20 lines. */
const tail = (path: string, offset: number): string =>
  readFileSync(path).subarray(offset).toString("utf8").trim().split("\n").slice(-20).join("\n");

/**
 * Starts a part as a process of its own, its output going to `<logs>/<name>.log`, and waits until it says
 * `{ type: "listening" }` over the fork channel. Rejects with the end of its log when it dies before that.
 */
export async function startPart({ name, file, env, logs, graceMs }: PartOptions): Promise<Running> {
  const path = join(logs, `${name}.log`);
  const log = openSync(path, "a");
  const offset = statSync(path).size;
  // A group of its own: Ctrl-C reaches the stack alone, which stops the parts in order.
  const child = spawn(process.execPath, [...process.execArgv, file], {
    env: { ...process.env, ...env },
    stdio: ["ignore", log, log, "ipc"],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const ready = new Promise<"ready">((resolve) => {
    child.on("message", (message) => {
      if ((message as { type?: unknown }).type === "listening") resolve("ready");
    });
  });
  const first = await Promise.race([ready, exited]);
  if (first !== "ready") throw new Error(`${name} did not start (${first}).\n${tail(path, offset)}`);
  return {
    pid: child.pid as number,
    exited,
    stop: async () => {
      child.kill("SIGTERM");
      await Promise.race([exited, sleep(graceMs, undefined, { ref: false })]);
      child.kill("SIGKILL");
      await exited;
    },
  };
}
