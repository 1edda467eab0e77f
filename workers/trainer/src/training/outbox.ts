import type { FromTrainer } from "@etude/contracts";
import type { Recorder } from "./recorder.ts";

/** Batches that may be under way before training waits. */
const most = 64;
/** A batch is sent at once when this many points wait. */
const fullBatch = 4096;

/** Sends recorded points in numbered batches and waits when the supervisor is behind. */
export class Outbox {
  readonly #send: (message: FromTrainer) => void;
  readonly #recorder: Recorder;
  #sent = 0;
  #acknowledged = 0;
  #flushedAt: number;
  #wake: (() => void) | undefined;
  /** Milliseconds between batches; 0 sends after every update. */
  flushEveryMs: number;

  constructor(send: (message: FromTrainer) => void, recorder: Recorder, flushEveryMs: number, now: number) {
    this.#send = send;
    this.#recorder = recorder;
    this.#flushedAt = now;
    this.flushEveryMs = flushEveryMs;
  }

  /** Sends all waiting points as one batch. `step`: updates done. */
  flush(step: number, now: number): void {
    this.#flushedAt = now;
    if (this.#recorder.size === 0) return;
    this.#send({ type: "points", batch: ++this.#sent, step, series: this.#recorder.take() });
  }

  /** Sends the waiting points when it is time or they fill a batch. */
  flushIfDue(step: number, now: number): void {
    if (this.#recorder.size >= fullBatch || now - this.#flushedAt >= this.flushEveryMs) this.flush(step, now);
  }

  acknowledge(batch: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, batch);
    if (this.hasRoom) this.wake();
  }

  get hasRoom(): boolean {
    return this.#sent - this.#acknowledged < most;
  }

  /** Resolves when there is room, or when `wake` is called because the run is to stop. */
  async room(): Promise<void> {
    if (!this.hasRoom) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
