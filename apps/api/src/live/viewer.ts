/**
 * One viewer of one run's points: follows the log without gap or duplicate, whatever happens to rings, workers and
 * sockets. Postgres is the log; rings only say that it grew. New, reconnecting and slow viewers are one case: read the
 * log from the cursor, then follow. It holds one page of points at most.
 */
import {
  type CursorContent,
  cursorSize,
  encodeCursor,
  type Ring,
  type RunId,
  type ServerFrame,
} from "@etude/contracts";
import type { HistoryStore, LogRead, LogSummary, Position } from "@etude/db";
import type { Lane } from "./lane.ts";
import { type Format, jsonFrame, pointsFrame, riding, ridingFrame, summaryFrame } from "./viewer-frames.ts";

export type LogReader = Pick<HistoryStore, "readAfter" | "summariseAfter">;

export interface Mark {
  readonly runId: RunId;
  readonly cursor: CursorContent;
}

/** Where a viewer's frames go. */
export interface ViewerSocket {
  /**
   * Resolves once the transport has taken the message; rejects when the socket is closed. `mark`: where in a run's log
   * its reader stands after it.
   */
  send(type: ServerFrame["type"], message: Uint8Array | string, mark?: Mark): Promise<void>;
  /** Bytes that the peer has not taken yet. */
  readonly bufferedAmount: number;
}

export interface ViewerLimits {
  readonly pagePoints: number;
  /** Further behind than this many points: one summary instead of pages. */
  readonly farBehindPoints: number;
  /** The same for a peer that does not take what it is sent. */
  readonly laggingPoints: number;
  readonly laggingWidth: number;
  /** Buckets a series in a summary. */
  readonly summaryWidth: number;
}

export interface ViewerOptions {
  readonly runId: RunId;
  /** What the client has: its own cursor, or the run's attempt and no points. */
  readonly after: CursorContent;
  readonly format: Format;
  readonly log: LogReader;
  readonly socket: ViewerSocket;
  /** Shared by the viewers of the socket. */
  readonly lane: Lane;
  /** Called once, when the run is gone or the socket closed. */
  readonly onEnd?: (why: "gone" | "closed") => void;
  /** A read failed; it is repeated at the next ring or comparison. */
  readonly onError?: (error: unknown) => void;
  readonly limits?: Partial<ViewerLimits>;
}

const defaults: ViewerLimits = {
  pagePoints: 65_536,
  farBehindPoints: 500_000,
  laggingPoints: 10_000,
  laggingWidth: 200,
  summaryWidth: 2000,
};

export class Viewer {
  readonly #options: ViewerOptions;
  readonly #limits: ViewerLimits;
  #mine: CursorContent;
  #stale = false;
  #reading: Promise<void> | null = null;
  #ended = false;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#limits = { ...defaults, ...options.limits };
    this.#mine = options.after;
  }

  /** What the client has been sent, or is being sent. */
  get cursor(): CursorContent {
    return this.#mine;
  }

  /** Reads the log from the cursor on. Call it after listening to rings began; rings may arrive before. */
  start(): void {
    this.#wake();
  }

  /** The log grew or was cut. `frame`: the bytes that came with the ring. */
  ring(ring: Extract<Ring, { type: "appended" | "rewound" }>, frame?: Uint8Array): void {
    const size = cursorSize(this.#mine);
    const { attempt } = this.#mine;
    if (ring.attempt < attempt) return;
    if (ring.type === "appended" && ring.attempt === attempt) {
      if (ring.to <= size) return;
      if (this.#options.lane.calm() && frame && ring.from === size && this.#passOn(ring, frame)) return;
    }
    this.#wake();
  }

  /**
   * Compares the viewer with where the run stands; to be called every 2 s, which is then all that a lost ring costs,
   * and at once when rings may have been lost. Undefined: the run is gone.
   */
  compare(position: Pick<Position, "attempt" | "total"> | undefined): void {
    if (position === undefined) return this.#end("gone");
    if (position.attempt !== this.#mine.attempt || position.total !== cursorSize(this.#mine)) this.#wake();
  }

  /**
   * Reads once more, and resolves when everything that was in the log at the call has been sent; rejects when it could
   * not be read. Await it before telling that a run has ended: the client then has every point.
   */
  async refresh(): Promise<void> {
    this.#wake();
    while (this.#reading) await this.#reading;
    if (this.#stale && !this.#ended) throw new Error("the points could not be read");
  }

  close(): void {
    this.#end("closed");
  }

  #end(why: "gone" | "closed"): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd?.(why);
  }

  /** Sends a frame that continues exactly what the client has. Not while reading: the order is the log's. */
  #passOn({ runId, attempt, from, to }: Extract<Ring, { type: "appended" }>, bytes: Uint8Array): boolean {
    if (this.#reading || this.#ended) return false;
    const frame = riding(bytes);
    if (frame?.runId !== runId || frame.attempt !== attempt || frame.from !== from || frame.to !== to) return false;
    const { reached } = frame;
    if (reached.attempt !== attempt || cursorSize(reached) !== to) return false;
    this.#mine = reached;
    void this.#send("points-appended", ridingFrame(bytes, frame, this.#options.format));
    return true;
  }

  #wake(): void {
    this.#stale = true;
    if (this.#reading || this.#ended) return;
    this.#reading = this.#read()
      .catch((error: unknown) => {
        this.#stale = true;
        this.#options.onError?.(error);
      })
      .finally(() => (this.#reading = null));
  }

  async #read(): Promise<void> {
    while (this.#stale && !this.#ended) {
      while (await this.#options.lane.turn(() => this.#sendPage()));
    }
  }

  /** Sends what follows the cursor, one page of it. Resolves to whether the snapshot held more. */
  async #sendPage(): Promise<boolean> {
    const { log, runId, format, lane } = this.#options;
    const { pagePoints, farBehindPoints, summaryWidth, laggingPoints, laggingWidth } = this.#limits;
    this.#stale = false;
    if (this.#ended) return false;
    const [most, width] = lane.lagging ? [laggingPoints, laggingWidth] : [farBehindPoints, summaryWidth];
    const page = await log.readAfter(runId, this.#mine, pagePoints);
    const kept = page?.rewind?.counts ?? this.#mine.counts;
    const far = page !== null && page.total - cursorSize({ attempt: 0, counts: kept }) > most;
    const summary = far ? await log.summariseAfter(runId, this.#mine, width) : null;
    const read = far ? summary : page;
    if (this.#ended) return false;
    if (read === null) {
      this.#end("gone");
      return false;
    }
    if (read.rewind) await this.#rewind(read.attempt, read.rewind);
    const from = cursorSize(this.#mine);
    this.#mine = { attempt: read.attempt, counts: this.#countsAfter(read) };
    const to = cursorSize(this.#mine);
    if (to === from) return false;
    const piece = { runId, attempt: read.attempt, from, to, cursor: encodeCursor(this.#mine) };
    if (summary) await this.#send("points-summarised", summaryFrame({ ...piece, series: summary.series }, format));
    else if (page) await this.#send("points-appended", pointsFrame({ ...piece, series: page.series }, format));
    return to < read.total && !this.#ended;
  }

  #countsAfter({ counts, series }: LogRead | LogSummary): number[] {
    const after = counts.map((_, index) => this.#mine.counts[index] ?? 0);
    for (const one of series) after[one.index] = one.from + ("n" in one ? one.n : one.steps.length);
    return after;
  }

  /** Takes over a newer attempt: the client drops what it undid. */
  async #rewind(attempt: number, { step, counts, series }: NonNullable<LogRead["rewind"]>): Promise<void> {
    this.#mine = { attempt, counts };
    const { runId } = this.#options;
    const cursor = encodeCursor(this.#mine);
    const type = "history-rewound";
    await this.#send(
      type,
      jsonFrame({ type, runId, attempt, step, cursor, series: series.map((one) => ({ ...one })) }),
    );
  }

  async #send(type: ServerFrame["type"], message: Uint8Array | string): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#options.socket.send(type, message, { runId: this.#options.runId, cursor: this.#mine });
    } catch {
      this.close();
    }
  }
}
