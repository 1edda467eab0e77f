import { isEnded, type Run } from "@etude/contracts";
import { HistoryBuffer, type LiveEvent } from "@etude/sdk/node";

/** The speed is averaged over this much of our own time, in milliseconds, and known after the shorter one. */
const speedOverMs = 15_000;
const speedAfterMs = 1500;

/** One run as its viewer knows it. */
export class WatchedRun {
  run: Run;
  readonly history: HistoryBuffer;
  /** What is wrong with the line, while it is. */
  trouble: string | undefined = undefined;
  /** How far it was when, by our clock. */
  #seen: { readonly at: number; readonly step: number }[] = [];

  constructor(run: Run) {
    this.run = run;
    this.history = new HistoryBuffer(run.id);
  }

  /** Applies an event that came at `now` (milliseconds). Returns whether anything that a viewer shows has changed. */
  apply(event: LiveEvent, now: number = performance.now()): boolean {
    switch (event.type) {
      case "subscribed":
      case "run-changed":
        this.run = event.run;
        return true;
      case "connection-opened":
        this.trouble = undefined;
        return true;
      case "connection-lost":
        this.trouble = `connection lost (${event.reason}), trying again`;
        return true;
      default:
        if (!this.history.apply(event)) return false;
        this.#seen = [...this.#seen.filter(({ at }) => now - at < speedOverMs), { at: now, step: this.step }];
        return true;
    }
  }

  /** Ended, and every point that it recorded is here. */
  get complete(): boolean {
    return isEnded(this.run.status) && this.history.points >= this.run.points;
  }

  /** Updates made, as far as is known here. */
  get step(): number {
    return Math.max(this.history.get("train/loss")?.steps.at(-1) ?? -1, this.run.step - 1) + 1;
  }

  /** Newest value of a series. */
  last(key: string): number | undefined {
    return this.history.get(key)?.values.at(-1);
  }

  /** Updates a second: lately while it runs (by our clock, or at first by the training's own), on the whole afterwards. */
  get stepsPerSecond(): number | undefined {
    if (this.run.summary !== null) return this.run.summary.stepsPerSecond;
    const [first, last] = [this.#seen[0], this.#seen.at(-1)];
    if (first && last && last.at - first.at >= speedAfterMs && last.step > first.step) {
      return (1000 * (last.step - first.step)) / (last.at - first.at);
    }
    const elapsed = this.history.get("elapsed-seconds");
    const [seconds, step] = [elapsed?.values.at(-1), elapsed?.steps.at(-1)];
    return seconds === undefined || step === undefined || seconds <= 0 ? undefined : (step + 1) / seconds;
  }

  /** Seconds until the end at the present speed. */
  get secondsLeft(): number | undefined {
    const speed = this.stepsPerSecond;
    if (this.run.status !== "running" || this.run.horizon === null || speed === undefined || speed === 0)
      return undefined;
    return Math.max(0, this.run.horizon - this.step) / speed;
  }
}
