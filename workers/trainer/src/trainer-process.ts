import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromTrainer, ToTrainer } from "@etude/contracts";

const entrance = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./child.ts" : "./child.js", import.meta.url));

export interface TrainerProcessOptions {
  /** Environment of the child beside the supervisor's own, such as CUDA_VISIBLE_DEVICES. */
  readonly env: Readonly<Record<string, string>>;
  readonly onMessage: (message: FromTrainer) => void;
  /** The process is gone; `how` names exit code or signal. Called once. */
  readonly onExit: (how: string) => void;
}

/**
 * One trainer child. It has no network and no database: it computes and reports, so its crash or kill costs nothing but
 * time. It exits by itself when this process goes away (the fork channel closes).
 */
export class TrainerProcess {
  readonly #child: ChildProcess;
  #gone = false;
  /** Runs that this process has trained. */
  runs = 0;

  constructor({ env, onMessage, onExit }: TrainerProcessOptions) {
    this.#child = fork(entrance, [], {
      env: { ...process.env, ...env },
      execArgv: process.execArgv,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const end = (how: string): void => {
      if (this.#gone) return;
      this.#gone = true;
      onExit(how);
    };
    this.#child.on("message", (message) => onMessage(message as FromTrainer));
    this.#child.on("error", (error) => end(error.message));
    this.#child.on("exit", (code, signal) => end(signal ?? `exit code ${code}`));
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
    this.#child.kill("SIGKILL");
  }
}
