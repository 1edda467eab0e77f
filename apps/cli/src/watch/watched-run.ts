import { isEnded, type Run } from "@etude/contracts";
import { HistoryBuffer, type LiveEvent } from "@etude/sdk/node";

/** Steps that the speed is averaged over. */
const speedOver = 200;

/** One run as its viewer knows it. */
export class WatchedRun {
  run: Run;
  readonly history: HistoryBuffer;
  /** What is wrong with the line, while it is. */
  trouble: string | undefined = undefined;

  constructor(run: Run) {
    this.run = run;
    this.history = new HistoryBuffer(run.id);
  }

  /** Applies an event. Returns whether anything that a viewer shows has changed. */
  apply(event: LiveEvent): boolean {
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
        return this.history.apply(event);
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

  /** Updates a second: over the last steps while it runs, over the whole run afterwards. */
  get stepsPerSecond(): number | undefined {
    if (this.run.summary !== null) return this.run.summary.stepsPerSecond;
    const elapsed = this.history.get("elapsed-seconds");
    const end = (elapsed?.steps.length ?? 0) - 1;
    if (elapsed === undefined || end < 1) return undefined;
    const start = Math.max(0, end - speedOver);
    const steps = (elapsed.steps[end] as number) - (elapsed.steps[start] as number);
    const seconds = (elapsed.values[end] as number) - (elapsed.values[start] as number);
    return seconds > 0 ? steps / seconds : undefined;
  }

  /** Seconds until the end at the present speed. */
  get secondsLeft(): number | undefined {
    const speed = this.stepsPerSecond;
    if (this.run.status !== "running" || this.run.horizon === null || speed === undefined || speed === 0)
      return undefined;
    return Math.max(0, this.run.horizon - this.step) / speed;
  }
}
