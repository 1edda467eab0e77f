import { readFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FromTrainer, ToTrainer, WorkSpec } from "@etude/contracts";
import { readCheckpointFile, writeSyncedFile } from "../training/checkpoint-file.ts";
import { Outbox } from "../training/outbox.ts";
import { Recorder } from "../training/recorder.ts";
import type { Work, WorkContext } from "./work.ts";

type Start = Extract<ToTrainer, { type: "training-start" }>;

/** Longest time in which the event loop does not get its turn. */
const breatheEveryMs = 20;

/** One piece of work in this process, from the start message to the end message; the sibling of TrainingRun. */
export class WorkRun {
  readonly #start: Start;
  readonly #work: Work;
  readonly #send: (message: FromTrainer) => void;
  readonly #recorder = new Recorder();
  readonly #outbox: Outbox;
  #request: "cancel" | "pause" | undefined;
  #breathedAt = performance.now();

  constructor(start: Start, work: Work, send: (message: FromTrainer) => void) {
    this.#start = start;
    this.#work = work;
    this.#send = send;
    this.#outbox = new Outbox(send, this.#recorder, start.flushEveryMs, performance.now());
  }

  /** Handles a message that arrives while the work goes on. */
  receive(message: Exclude<ToTrainer, Start>): void {
    switch (message.type) {
      case "flush-interval":
        this.#outbox.flushEveryMs = message.ms;
        break;
      case "points-acknowledged":
        this.#outbox.acknowledge(message.batch);
        break;
      case "training-cancel":
      case "training-pause":
        if (this.#request !== "cancel") this.#request = message.type === "training-cancel" ? "cancel" : "pause";
        this.#outbox.wake();
        break;
      case "checkpoint-registered":
        break;
    }
  }

  /** Works to the end and sends every message, `training-end` last. Returns whether this process is fit for more. */
  async execute(): Promise<boolean> {
    const spec = this.#start.spec as WorkSpec;
    this.#send({
      type: "training-started",
      backend: null,
      parameters: null,
      horizon: this.#work.horizon(spec),
      groups: [],
    });
    try {
      const end = await this.#work.run(spec, await this.#context());
      this.#outbox.flush(0, performance.now());
      this.#send({ type: "training-end", ...end, failure: null });
      return true;
    } catch (error) {
      this.#outbox.flush(0, performance.now());
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof Error) this.#send({ type: "log", level: "error", message: error.stack ?? message });
      this.#send({ type: "training-end", outcome: "failed", failure: { reason: "error", message }, summary: null });
      return false;
    }
  }

  async #context(): Promise<WorkContext> {
    const { resume, inputs, folder, runId } = this.#start;
    const files = await Promise.all(
      Object.entries(inputs).map(async ([name, file]) => [name, new Uint8Array(await readFile(file))] as const),
    );
    return {
      resume: resume && new Uint8Array(await readCheckpointFile(resume)),
      inputs: new Map(files),
      point: (key, step, value) => this.#recorder.add(key, step, value),
      log: (level, message) => this.#send({ type: "log", level, message }),
      interrupted: () => this.#request,
      breathe: (done) => this.#breathe(done),
      checkpoint: async (done, state) => {
        const written = await writeSyncedFile(folder, `${runId}-${done}.checkpoint`, state);
        this.#outbox.flush(done, performance.now());
        this.#send({ type: "checkpoint-written", step: done, ...written });
      },
      leave: async (name, mediaType, bytes) => {
        const written = await writeSyncedFile(folder, `artifact-${name}`, bytes);
        this.#send({ type: "artifact-written", name, mediaType, ...written });
      },
    };
  }

  async #breathe(done: number): Promise<void> {
    const now = performance.now();
    this.#outbox.flushIfDue(done, now);
    if (!this.#outbox.hasRoom) await this.#outbox.room();
    if (now - this.#breathedAt < breatheEveryMs) return;
    await nextTurn();
    this.#breathedAt = performance.now();
  }
}
