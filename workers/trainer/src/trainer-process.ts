import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromTrainer, ToTrainer } from "@etude/contracts";
import { oomKills } from "./oom-kills.ts";
import { onLines } from "./output-lines.ts";

const entrance = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./child.ts" : "./child.js", import.meta.url));

export interface TrainerProcessOptions {
  /** Environment of the child beside the supervisor's own, such as CUDA_VISIBLE_DEVICES. */
  readonly env: Readonly<Record<string, string>>;
  readonly onMessage: (message: FromTrainer) => void;
  /** The process is gone, and all that it said was passed on. Called once. */
  readonly onExit: (exit: Exit) => void;
}

export interface Exit {
  /** Names exit code or signal. */
  readonly how: string;
  /** What it said when memory ran out; undefined when that is not why it ended. */
  readonly outOfMemory: string | undefined;
}

/** Node's last words when the JavaScript heap is full, and those of native code without memory. */
const outOfMemoryWords = /FATAL ERROR: .*out of memory|std::bad_alloc/;
/** Time for output that is still on its way when the process is gone. */
const outputMs = 1000;

/**
 * One trainer child. It has no network and no database: it computes and reports, so its crash or kill costs nothing but
 * time. It exits by itself when this process goes away (the fork channel closes).
 */
export class TrainerProcess {
  readonly #child: ChildProcess;
  #gone = false;
  #killed = false;
  /** Runs that this process has trained. */
  runs = 0;

  constructor({ env, onMessage, onExit }: TrainerProcessOptions) {
    this.#child = fork(entrance, [], {
      env: { ...process.env, ...env },
      execArgv: process.execArgv,
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    let outOfMemory: string | undefined;
    const killsBefore = oomKills();
    let reported = false;
    const end = (how: string): void => {
      this.#gone = true;
      if (reported) return;
      reported = true;
      onExit({ how, outOfMemory });
    };
    // Native libraries write past the console of the child.
    onLines(this.#child.stdout!, (message) => onMessage({ type: "log", level: "info", message }));
    onLines(this.#child.stderr!, (message) => {
      if (outOfMemoryWords.test(message)) outOfMemory = message;
      onMessage({ type: "log", level: "warn", message });
    });
    this.#child.on("message", (message) => onMessage(message as FromTrainer));
    this.#child.on("error", (error) => end(error.message));
    const named = (code: number | null, signal: string | null): string => signal ?? `exit code ${code}`;
    this.#child.on("exit", (code, signal) => {
      this.#gone = true;
      // Somebody's memory ran out while this process lived, and somebody killed it: the kernel, as far as one can tell.
      if (signal === "SIGKILL" && !this.#killed && killsBefore !== undefined && oomKills()! > killsBefore)
        outOfMemory ??= "the system's memory ran out, and the kernel killed it";
      setTimeout(() => end(named(code, signal)), outputMs);
    });
    this.#child.on("close", (code, signal) => end(named(code, signal)));
  }

  get alive(): boolean {
    return !this.#gone;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a message; does nothing when the process is gone, which `onExit` reports. */
  send(message: ToTrainer): void {
    if (!this.#gone && this.#child.connected) this.#child.send(message, () => {});
  }

  kill(): void {
    this.#killed = true;
    this.#child.kill("SIGKILL");
  }
}
