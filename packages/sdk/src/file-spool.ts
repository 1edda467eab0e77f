import { writeSync } from "node:fs";
import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import {
  afterRecord,
  fitting,
  nothingLogged,
  pointsIn,
  type Sent,
  type Spool,
  type SpoolRecord,
  type SpoolState,
} from "./spool.ts";

/** A line of the file. The first one is a state; `sent` says how many more records the server has. */
type Line =
  | SpoolRecord
  | ({ readonly type: "state" } & SpoolState)
  | { readonly type: "sent"; count: number; sent: Sent };

interface Place {
  readonly at: number;
  readonly bytes: number;
  readonly points: number;
}

/** A file with nothing left to send is written anew from this size on. */
const compactFromBytes = 4 * 1024 * 1024;

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    // A line that a dying process did not finish; what it held was written again, or its points are sent again.
    return undefined;
  }
}

/** The record without points that stand in the file already, which a process writes twice when it ends in between. */
function unseen(record: SpoolRecord, { series: seen }: SpoolState["logged"]): SpoolRecord | undefined {
  if (record.type !== "points") return record;
  const series = record.series.flatMap((one) => {
    const known = (seen[one.key]?.n ?? 0) - one.from;
    if (known < 0) throw new Error(`points ${one.from + known} to ${one.from - 1} of ${one.key} are missing`);
    if (known === 0) return [one];
    return known >= one.steps.length
      ? []
      : [{ ...one, from: one.from + known, steps: one.steps.slice(known), values: one.values.slice(known) }];
  });
  return series.length === 0 ? undefined : { type: "points", series };
}

class FileSpool implements Spool {
  readonly #path: string;
  #file: FileHandle | undefined;
  #size = 0;
  /** Bytes of an append under way. */
  #writing = 0;
  #state: SpoolState = { idempotencyKey: crypto.randomUUID(), logged: nothingLogged, sent: null };
  #unsent: Place[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  open(): Promise<SpoolState> {
    return this.#inOrder(async () => {
      this.#file = await open(this.#path, "a+").then(async (made) => {
        await made.close();
        return open(this.#path, "r+");
      });
      this.#read(await readFile(this.#path));
      if (this.#size === 0) await this.#write({ type: "state", ...this.#state });
      return this.#state;
    });
  }

  append(record: SpoolRecord): Promise<void> {
    return this.#inOrder(async () => {
      this.#note(record, await this.#write(record));
    });
  }

  peek(maxPoints: number): Promise<readonly SpoolRecord[]> {
    return this.#inOrder(async () => {
      const places = this.#unsent.slice(0, 10_000);
      const wanted = places.slice(
        0,
        fitting(
          places.map(({ points }) => points),
          maxPoints,
        ),
      );
      return Promise.all(wanted.map((place) => this.#load(place)));
    });
  }

  acknowledge(count: number, sent: Sent): Promise<void> {
    return this.#inOrder(async () => {
      await this.#write({ type: "sent", count, sent });
      this.#unsent = this.#unsent.slice(count);
      this.#state = { ...this.#state, sent };
      if (this.#unsent.length === 0 && this.#size > compactFromBytes) await this.#compact();
    });
  }

  appendAtExit(records: readonly SpoolRecord[]): void {
    if (this.#file === undefined || records.length === 0) return;
    const text = `\n${records.map((record) => JSON.stringify(record)).join("\n")}\n`;
    writeSync(this.#file.fd, text, this.#size + this.#writing);
  }

  close(): Promise<void> {
    return this.#inOrder(async () => {
      await this.#file?.close();
      this.#file = undefined;
    });
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  get #handle(): FileHandle {
    if (this.#file === undefined) throw new Error(`the spool ${this.#path} is closed`);
    return this.#file;
  }

  /** Takes the file's lines; what is behind the last whole one is written over. */
  #read(bytes: Buffer): void {
    let at = 0;
    for (let end = bytes.indexOf(10); end >= 0; at = end + 1, end = bytes.indexOf(10, at)) {
      const line = parsed(bytes.toString("utf8", at, end));
      if (line?.type === "state") {
        const { type: _, ...state } = line;
        this.#state = state;
      } else if (line?.type === "sent") {
        this.#unsent = this.#unsent.slice(line.count);
        this.#state = { ...this.#state, sent: line.sent };
      } else if (line !== undefined) this.#note(line, { at, bytes: end + 1 - at, points: 0 });
    }
    this.#size = at;
  }

  #note(record: SpoolRecord, place: Place): void {
    const fresh = unseen(record, this.#state.logged);
    if (fresh === undefined) return;
    this.#unsent.push({ ...place, points: pointsIn(record) });
    this.#state = { ...this.#state, logged: afterRecord(this.#state.logged, fresh) };
  }

  async #write(line: Line): Promise<Place> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    const at = this.#size;
    this.#writing = bytes.length;
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, at + done);
        done += bytesWritten;
      }
    } finally {
      this.#writing = 0;
    }
    this.#size += bytes.length;
    return { at, bytes: bytes.length, points: 0 };
  }

  async #load({ at, bytes }: Place): Promise<SpoolRecord> {
    const buffer = Buffer.alloc(bytes);
    await this.#handle.read(buffer, 0, bytes, at);
    return JSON.parse(buffer.toString("utf8")) as SpoolRecord;
  }

  async #compact(): Promise<void> {
    const path = `${this.#path}.new`;
    const text = `${JSON.stringify({ type: "state", ...this.#state } satisfies Line)}\n`;
    const file = await open(path, "w+");
    await file.writeFile(text);
    await file.sync();
    await rename(path, this.#path);
    await this.#handle.close();
    this.#file = file;
    this.#size = Buffer.byteLength(text);
  }
}

/**
 * A spool in an append-only file, which outlives the process: the next logger on the same file goes on where this one
 * stopped. One process a file; delete the file to begin another run.
 */
export const fileSpool = (path: string): Spool => new FileSpool(path);
