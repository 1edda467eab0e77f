import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CheckpointFile, FromTrainer, RunId, ToTrainer, TrainingSpec } from "@etude/contracts";

const entrance = fileURLToPath(new URL("../../src/child.ts", import.meta.url));
export const runId = "01890000-0000-7000-8000-000000000001" as RunId;

export type End = Extract<FromTrainer, { type: "training-end" }>;

/** A forked trainer child as the supervisor sees it. */
export class Trainer {
  readonly child: ChildProcess;
  readonly messages: FromTrainer[] = [];
  readonly exited: Promise<number | null>;
  /** Whether points are acknowledged at once. */
  acknowledges = true;
  #listeners: (() => void)[] = [];

  constructor() {
    this.child = fork(entrance, [], {
      execArgv: ["--conditions=source", "--import", "tsx"],
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.exited = new Promise((resolve) => this.child.on("exit", resolve));
    this.child.on("message", (message: FromTrainer) => {
      this.messages.push(message);
      if (message.type === "points" && this.acknowledges) {
        this.send({ type: "points-acknowledged", batch: message.batch });
      }
      for (const listener of this.#listeners.splice(0)) listener();
    });
  }

  get alive(): boolean {
    return this.child.connected && this.child.exitCode === null && this.child.signalCode === null;
  }

  send(message: ToTrainer): void {
    this.child.send(message);
  }

  start(run: TrainingSpec, folder: string, more: { resume?: CheckpointFile; flushEveryMs?: number } = {}): void {
    const { resume = null, flushEveryMs = 50 } = more;
    this.send({
      type: "training-start",
      runId,
      attempt: 1,
      spec: run,
      folder,
      resume,
      curves: {},
      policy: null,
      inputs: {},
      flushEveryMs,
    });
  }

  /** Resolves with the first message, from position `from` on, that passes the test. */
  async until<Kind extends FromTrainer["type"]>(
    type: Kind,
    from = 0,
    test: (message: Extract<FromTrainer, { type: Kind }>) => boolean = () => true,
  ): Promise<Extract<FromTrainer, { type: Kind }>> {
    for (;;) {
      const found = this.messages
        .slice(from)
        .find((message) => message.type === type && test(message as Extract<FromTrainer, { type: Kind }>));
      if (found) return found as Extract<FromTrainer, { type: Kind }>;
      await new Promise<void>((resolve, reject) => {
        this.#listeners.push(resolve);
        void this.exited.then((code) => reject(new Error(`the child ended (${code}) before ${type}`)));
      });
    }
  }

  stop(): void {
    this.child.kill("SIGKILL");
  }
}

/** Series that measure the machine, which differ between equal runs. */
export const isClock = (key: string): boolean => key === "elapsed-seconds" || key.startsWith("system/");

export type Histories = Map<string, { steps: number[]; values: number[] }>;

/** Joins all point messages to whole histories. */
export function historiesOf(messages: readonly FromTrainer[]): Histories {
  const all: Histories = new Map();
  for (const message of messages) {
    if (message.type !== "points") continue;
    for (const { key, steps, values } of message.series) {
      const history = all.get(key) ?? { steps: [], values: [] };
      history.steps.push(...steps);
      history.values.push(...values);
      all.set(key, history);
    }
  }
  return all;
}
