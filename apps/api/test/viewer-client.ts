/** A client as a browser is one: applies frames, refuses gaps and duplicates, and remembers its cursor. */
import {
  cursorSize,
  decodeCursor,
  decodeFrame,
  fromJsonNumbers,
  type LogPiece,
  ServerFrame,
  type SeriesBuckets,
} from "@etude/contracts";
import type { HistoryColumns } from "@etude/db";
import type { ViewerSocket } from "../src/live/viewer.ts";

/** A point, or the bucket that stands for it. */
type Entry =
  | { readonly step: number; readonly value: number }
  | { readonly bucket: SeriesBuckets; readonly ordinal: number };

export class Client {
  readonly series: { key: string; entries: Entry[] }[] = [];
  attempt: number;
  cursor: string | undefined;
  /** What its viewers did wrong; they take an exception for a closed socket. */
  readonly faults: unknown[] = [];
  /** Frames taken, by type. */
  readonly seen = new Map<string, number>();

  constructor(attempt: number) {
    this.attempt = attempt;
  }

  get size(): number {
    return this.series.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  receive(message: Uint8Array | string): void {
    if (typeof message !== "string") {
      const frame = decodeFrame(message);
      this.#count(frame.type);
      return frame.type === "points-appended" ? this.#append(frame) : this.#summarise(frame);
    }
    const frame = ServerFrame.parse(JSON.parse(message));
    this.#count(frame.type);
    if (frame.type === "history-rewound") return this.#rewind(frame);
    if (frame.type === "points-appended") {
      const series = frame.series.map(({ steps, values, ...one }) => {
        return { ...one, steps: Float64Array.from(steps), values: fromJsonNumbers(values) };
      });
      return this.#append({ ...frame, series });
    }
    if (frame.type !== "points-summarised") throw new Error(`unexpected ${frame.type}`);
    const series = frame.series.map(({ step, last, min, max, mean, count, ...one }) => ({
      ...one,
      step: Float64Array.from(step),
      last: fromJsonNumbers(last),
      min: fromJsonNumbers(min),
      max: fromJsonNumbers(max),
      mean: fromJsonNumbers(mean),
      count: Float64Array.from(count),
    }));
    this.#summarise({ ...frame, series });
  }

  #count(type: string): void {
    this.seen.set(type, (this.seen.get(type) ?? 0) + 1);
  }

  #rewind(frame: Extract<ServerFrame, { type: "history-rewound" }>): void {
    if (frame.attempt <= this.attempt) throw new Error(`rewound from attempt ${this.attempt} to ${frame.attempt}`);
    this.attempt = frame.attempt;
    for (const [index, { entries }] of this.series.entries()) {
      const n = frame.series.find((one) => one.index === index)?.n ?? 0;
      if (n > entries.length) throw new Error(`rewound to ${n} points of ${entries.length}`);
      entries.length = n;
    }
    this.#arrive(frame.cursor);
  }

  #append(piece: LogPiece): void {
    this.#begin(piece);
    for (const { key, index, from, steps, values } of piece.series) {
      const entries = this.#open(key, index, from);
      steps.forEach((step, i) => entries.push({ step, value: values[i]! }));
    }
    this.#end(piece);
  }

  #summarise(piece: Omit<LogPiece, "series"> & { series: readonly SeriesBuckets[] }): void {
    this.#begin(piece);
    for (const bucket of piece.series) {
      const entries = this.#open(bucket.key, bucket.index, bucket.from);
      for (let i = 0; i < bucket.n; i += 1) entries.push({ bucket, ordinal: i });
    }
    this.#end(piece);
  }

  #begin({ attempt, from }: Pick<LogPiece, "attempt" | "from">): void {
    if (attempt !== this.attempt) throw new Error(`a frame of attempt ${attempt} at attempt ${this.attempt}`);
    if (from !== this.size) throw new Error(`a frame from ${from} at ${this.size}`);
  }

  #open(key: string, index: number, from: number): Entry[] {
    for (let i = this.series.length; i <= index; i += 1) this.series.push({ key: "", entries: [] });
    const series = this.series[index]!;
    series.key ||= key;
    if (series.key !== key) throw new Error(`series ${index} is ${series.key}, not ${key}`);
    if (from !== series.entries.length) throw new Error(`${key} from ${from} at ${series.entries.length}`);
    return series.entries;
  }

  #end({ to, cursor }: Pick<LogPiece, "to" | "cursor">): void {
    if (to !== this.size) throw new Error(`a frame to ${to} led to ${this.size}`);
    this.#arrive(cursor);
  }

  #arrive(cursor: string): void {
    const content = decodeCursor(cursor);
    if (!content || cursorSize(content) !== this.size) throw new Error("the cursor is not what the client has");
    this.cursor = cursor;
  }

  /** Throws unless the client has exactly the log: every point, or a bucket that is true of it. */
  verify(log: HistoryColumns): void {
    if (this.size !== log.total) throw new Error(`the client has ${this.size} points, the log ${log.total}`);
    if (this.size > 0 && this.attempt !== log.attempt) throw new Error(`attempt ${this.attempt}, not ${log.attempt}`);
    for (const one of log.series) {
      if (one.mode !== "exact") throw new Error("the log must be exact");
      const { steps, values } = one.points;
      const entries = this.series[one.index]?.entries ?? [];
      if (entries.length !== steps.length) throw new Error(`${one.key}: ${entries.length} of ${steps.length} points`);
      entries.forEach((entry, i) => {
        if ("bucket" in entry) return verifyBucket(entry.bucket, entry.ordinal, steps[i]!, values[i]!);
        if (entry.step !== steps[i] || !Object.is(entry.value, values[i])) throw new Error(`${one.key}[${i}] differs`);
      });
    }
  }
}

function verifyBucket(
  { key, step, last, min, max, count }: SeriesBuckets,
  ordinal: number,
  at: number,
  value: number,
): void {
  let bucket = 0;
  let end = count[0]!;
  while (ordinal >= end) end += count[(bucket += 1)]!;
  const inside = !(value < min[bucket]!) && !(value > max[bucket]!);
  const isLast = ordinal === end - 1;
  if (!inside || (isLast && (step[bucket] !== at || !Object.is(last[bucket], value)))) {
    throw new Error(`bucket ${bucket} of ${key} is not true of its point ${ordinal}`);
  }
}

/** A socket whose far end takes messages at once, or only when told to. */
export class FakeSocket implements ViewerSocket {
  readonly client: Client;
  readonly #calmBytes: number;
  readonly #waiting: {
    readonly message: Uint8Array | string;
    /** Whether it was sent although much was waiting. */
    readonly pressing: boolean;
    readonly taken: () => void;
    readonly lost: (why: Error) => void;
  }[] = [];
  slow = false;
  #closed = false;

  constructor(client: Client, calmBytes: number) {
    this.client = client;
    this.#calmBytes = calmBytes;
  }

  get bufferedAmount(): number {
    return this.#waiting.reduce((sum, { message }) => sum + message.length, 0);
  }

  send(_: string, message: Uint8Array | string): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("closed"));
    if (!this.slow && this.#waiting.length === 0) {
      this.#deliver(message);
      return Promise.resolve();
    }
    const pressing = this.bufferedAmount > this.#calmBytes;
    // While much is waiting, at most one page may join it.
    if (pressing && this.#waiting.some((one) => one.pressing))
      this.client.faults.push(new Error("sent to a busy socket"));
    return new Promise((taken, lost) => this.#waiting.push({ message, pressing, taken, lost }));
  }

  #deliver(message: Uint8Array | string): void {
    try {
      this.client.receive(message);
    } catch (error) {
      this.client.faults.push(error);
    }
  }

  /** The far end takes up to `n` messages. */
  drain(n = Infinity): void {
    for (const { message, taken } of this.#waiting.splice(0, n)) {
      this.#deliver(message);
      taken();
    }
  }

  /** What was on its way is lost. */
  close(): void {
    this.#closed = true;
    for (const { lost } of this.#waiting.splice(0)) lost(new Error("closed"));
  }
}
