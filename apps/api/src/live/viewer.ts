/**
 * One viewer of one run: its points (point-viewer.ts), its row and its log lines, over small interfaces, so that it
 * runs without a server.
 */
import { type CursorContent, encodeCursor, type LogLine, type Ring, type Run, type RunId } from "@etude/contracts";
import type { Position } from "@etude/db";
import { type PointLimits, type PointReader, PointViewer } from "./point-viewer.ts";
import { type Format, jsonFrame } from "./viewer-frames.ts";

/** What a viewer reads. Null: the run is gone. */
export interface LogReader extends PointReader {
  position(runId: string): Promise<Position | null>;
  run(runId: string): Promise<Run | null>;
  readLog(runId: string, after: number, limit: number): Promise<LogLine[]>;
}

/** Where a viewer's frames go. */
export interface ViewerSocket {
  /** Resolves once the transport has taken the message; rejects when the socket is closed. */
  send(message: string | Uint8Array): Promise<void>;
  /** Bytes that the peer has not taken yet. */
  readonly bufferedAmount: number;
}

export interface Clock {
  /** Calls back regularly until the returned function is called. */
  every(ms: number, callback: () => void): () => void;
}

export interface ViewerOptions {
  readonly runId: RunId;
  /** Continue from here; absent: from the beginning. */
  readonly after?: CursorContent | undefined;
  readonly format: Format;
  readonly log: LogReader;
  readonly socket: ViewerSocket;
  readonly clock: Clock;
  /** Called once: the run is gone, the socket closed, or close() was called. */
  readonly onEnd?: () => void;
  /** A read failed; it is repeated at the next comparison. */
  readonly onError?: (error: unknown) => void;
  readonly limits?: Partial<PointLimits>;
}

/** How often a viewer compares itself with the log: what a lost ring costs at most. */
export const compareEveryMs = 2000;
const linesAtOnce = 1000;

export class Viewer {
  readonly #options: ViewerOptions;
  #points: PointViewer | null = null;
  #revision = -1;
  /** Number of the last log line sent. */
  #line = 0;
  readonly #stale = { run: false, lines: false };
  #working: Promise<void> | null = null;
  #stopComparing: (() => void) | null = null;
  #ended = false;

  constructor(options: ViewerOptions) {
    this.#options = options;
  }

  /** What the client has been sent of the points; undefined before the start. */
  get cursor(): CursorContent | undefined {
    return this.#points?.cursor;
  }

  /**
   * Says `subscribed`, then reads from the cursor on. Listen to rings first: what is committed in between is then in a
   * ring or in the log. Resolves to false when there is no such run.
   */
  async start(): Promise<boolean> {
    const { runId, log, format, clock, after, limits } = this.#options;
    const position = await log.position(runId);
    const run = position && (await log.run(runId));
    if (!position || !run) {
      this.close();
      return false;
    }
    this.#revision = position.revision;
    this.#line = position.lines;
    const begin = after && after.attempt > 0 ? after : { attempt: position.attempt, counts: [] };
    await this.#send(jsonFrame({ type: "subscribed", run, cursor: encodeCursor(begin) }));
    if (this.#ended) return true;
    this.#points = new PointViewer({
      runId,
      after: begin,
      format,
      log,
      send: (message) => this.#send(message),
      buffered: () => this.#options.socket.bufferedAmount,
      onGone: () => void this.#gone(),
      onError: (error) => this.#options.onError?.(error),
      ...(limits && { limits }),
    });
    this.#points.start();
    this.#stopComparing = clock.every(compareEveryMs, () => void this.#compare());
    return true;
  }

  /** A ring of this run, and the frame that came with it. Before the start it says nothing new. */
  ring(ring: Ring, frame?: Uint8Array): void {
    if (ring.type === "appended" || ring.type === "rewound") this.#points?.ring(ring, frame);
    else this.#renew(ring.type === "changed" ? { run: true } : { lines: true });
  }

  /** Rings may have been lost. */
  gap(): void {
    void this.#compare();
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#points?.close();
    this.#stopComparing?.();
    this.#options.onEnd?.();
  }

  async #compare(): Promise<void> {
    const { log, runId, onError } = this.#options;
    if (this.#ended || !this.#points) return;
    try {
      const position = await log.position(runId);
      if (position === null) return void (await this.#gone());
      this.#points.compare(position);
      this.#renew({ run: position.revision !== this.#revision, lines: position.lines > this.#line });
    } catch (error) {
      onError?.(error);
    }
  }

  #renew({ run = false, lines = false }: { run?: boolean; lines?: boolean }): void {
    this.#stale.run ||= run;
    this.#stale.lines ||= lines;
    if (this.#working || this.#ended || !this.#points || !(this.#stale.run || this.#stale.lines)) return;
    this.#working = this.#tell(this.#points)
      .catch((error: unknown) => this.#options.onError?.(error))
      .finally(() => (this.#working = null));
  }

  async #tell(points: PointViewer): Promise<void> {
    while (!this.#ended && (this.#stale.run || this.#stale.lines)) {
      if (this.#stale.run) {
        this.#stale.run = false;
        await this.#sendRun(points);
      }
      if (this.#stale.lines) {
        this.#stale.lines = false;
        await this.#sendLines();
      }
    }
  }

  /** The row is read before the points and sent after them: a client that sees the run ended has every point. */
  async #sendRun(points: PointViewer): Promise<void> {
    const { log, runId } = this.#options;
    // The position first: a change in between is told twice, never missed.
    const position = await log.position(runId);
    const run = position && (await log.run(runId));
    if (!position || !run) return this.#gone();
    await points.refresh();
    await this.#send(jsonFrame({ type: "run-changed", run }));
    this.#revision = position.revision;
  }

  async #sendLines(): Promise<void> {
    const { log, runId } = this.#options;
    while (!this.#ended) {
      const lines = await log.readLog(runId, this.#line, linesAtOnce);
      const last = lines.at(-1);
      if (!last) return;
      this.#line = last.id;
      await this.#send(jsonFrame({ type: "log-appended", runId, lines }));
    }
  }

  async #gone(): Promise<void> {
    await this.#send(jsonFrame({ type: "run-deleted", runId: this.#options.runId }));
    this.close();
  }

  async #send(message: string | Uint8Array): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#options.socket.send(message);
    } catch {
      this.close();
    }
  }
}
