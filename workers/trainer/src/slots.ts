import type { FromTrainer } from "@etude/contracts";
import { type Exit, TrainerProcess } from "./trainer-process.ts";

/** Runs that one child trains before it is replaced: wasm memory never shrinks. */
const runsPerProcess = 50;

export interface ChildListener {
  message(message: FromTrainer): void;
  exit(exit: Exit): void;
}

/** One place for a run, with a warm trainer child in it. On a GPU pool a slot is a device. */
export class Slot {
  readonly index: number;
  readonly #env: Readonly<Record<string, string>>;
  #child: TrainerProcess | undefined;
  #listener: ChildListener | undefined;
  /** The run in this slot, for the heartbeat. */
  runId: string | null = null;
  backend = "none yet";

  constructor(index: number, gpu: boolean) {
    this.index = index;
    this.#env = gpu ? { CUDA_VISIBLE_DEVICES: String(index) } : {};
  }

  /** Makes sure that a child is loaded and waits for work. */
  warm(): TrainerProcess {
    if (this.#child?.alive) return this.#child;
    const child = new TrainerProcess({
      env: this.#env,
      // A child that was given up may still speak while the next one is in its place.
      onMessage: (message) => {
        if (this.#child === child && this.#listener) this.#listener.message(message);
        else if (message.type === "log" && message.level !== "info") process.stderr.write(`${message.message}\n`);
      },
      onExit: (exit) => {
        if (this.#child !== child) return;
        const listener = this.#listener;
        this.#listener = undefined;
        listener?.exit(exit);
      },
    });
    this.#child = child;
    return child;
  }

  /** Gives the child of this slot to a run. */
  occupy(runId: string, listener: ChildListener): TrainerProcess {
    const child = this.warm();
    this.runId = runId;
    this.#listener = listener;
    child.runs += 1;
    return child;
  }

  /** The run is over. `clean` is false when the child may have been left in a bad state. */
  vacate(clean: boolean): void {
    this.runId = null;
    this.#listener = undefined;
    if (this.#child?.alive && (!clean || this.#child.runs >= runsPerProcess)) this.#child.kill();
    this.#child = this.#child?.alive && clean && this.#child.runs < runsPerProcess ? this.#child : undefined;
  }

  close(): void {
    this.#listener = undefined;
    this.#child?.kill();
  }
}
