import type { NewLogLine } from "@etude/db";

/** Lines a second that a run may log in the long run, and how many at once. */
const perSecond = 20;
const burst = 1000;
/** Characters that are kept of a line. */
const longest = 4000;
/** Lines are committed together this often. */
const everyMs = 250;

/**
 * What a run logs, until it is committed. Bounded: a run that logs without end costs neither memory nor space; what it
 * loses is counted.
 */
export class RunLog {
  readonly #onDue: () => void;
  #lines: NewLogLine[] = [];
  #dropped = 0;
  #allowed = burst;
  #at: number;
  #timer: NodeJS.Timeout | undefined;

  /** `onDue`: lines wait to be taken. */
  constructor(onDue: () => void, now: number) {
    this.#onDue = onDue;
    this.#at = now;
  }

  /** Adds a line; `now` in milliseconds. */
  add({ level, message }: NewLogLine, now: number): void {
    this.#timer ??= setTimeout(this.#onDue, everyMs);
    this.#allowed = Math.min(burst, this.#allowed + ((now - this.#at) * perSecond) / 1000);
    this.#at = now;
    if (this.#allowed < 1) {
      this.#dropped += 1;
      return;
    }
    this.#allowed -= 1;
    const rest = message.length - longest;
    // Postgres keeps no NUL in a text.
    const text = message.slice(0, longest).replaceAll("\0", "\uFFFD");
    this.#lines.push({ level, message: rest > 0 ? `${text} … and ${rest} characters more` : text });
  }

  /** Returns the waiting lines in order and forgets them; one line more when some were dropped. */
  take(): NewLogLine[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    if (this.#dropped > 0) {
      const message = `${this.#dropped} log lines were dropped: a run may log ${burst} at once and ${perSecond} a second`;
      lines.push({ level: "warn", message });
    }
    this.#lines = [];
    this.#dropped = 0;
    return lines;
  }
}
