/** What a client is told of a run besides its points: changes of its row, its log lines. */
import type { RunId } from "@etude/contracts";
import type { Database, Position } from "@etude/db";
import type { Outlet } from "./outlet.ts";
import type { Viewer } from "./viewer.ts";

export interface RunWatcherOptions {
  readonly runId: RunId;
  /** Where the run stood when the client was given its row. */
  readonly position: Position;
  readonly db: Pick<Database, "runs" | "history">;
  readonly outlet: Outlet;
  readonly viewer: Pick<Viewer, "refresh" | "compare">;
  /** A read failed; it is repeated at the next ring or comparison. */
  readonly onError: (error: unknown) => void;
}

/** Lines of one frame. */
const linesAtOnce = 1000;
/** A client with this much on its way is told later: the next comparison sees that it lacks something. */
const calmBytes = 256 * 1024;

/** Compares what the client was told with where the run stands, and sends the difference. */
export class RunWatcher {
  readonly #options: RunWatcherOptions;
  #revision: number;
  #line: number;
  #stale = false;
  #reading: Promise<void> | null = null;
  #closed = false;

  constructor(options: RunWatcherOptions) {
    this.#options = options;
    this.#revision = options.position.revision;
    this.#line = options.position.lines;
  }

  /** A ring said that the row or the log lines changed. */
  rang(): void {
    this.#stale = true;
    if (this.#reading !== null || this.#closed) return;
    this.#reading = this.#read()
      .catch((error: unknown) => this.#options.onError(error))
      .finally(() => (this.#reading = null));
  }

  /** The run stands here now. */
  compare({ revision, lines }: Position): void {
    if (revision !== this.#revision || lines > this.#line) this.rang();
  }

  close(): void {
    this.#closed = true;
  }

  async #read(): Promise<void> {
    const { db, runId, outlet, viewer } = this.#options;
    while (this.#stale && !this.#closed && outlet.bufferedAmount <= calmBytes) {
      this.#stale = false;
      const position = (await db.history.positions([runId])).get(runId);
      // A run that is gone is the viewer's to tell.
      if (position === undefined) return viewer.compare(undefined);
      if (position.revision !== this.#revision) await this.#tellRun(position.revision);
      if (position.lines > this.#line) await this.#tellLines();
    }
  }

  async #tellRun(revision: number): Promise<void> {
    const { db, runId, outlet, viewer } = this.#options;
    // Read after its revision: a change in between is told twice, never missed.
    const run = await db.runs.get(runId);
    // The points come first: who sees a run ended has all of it.
    await viewer.refresh();
    if (this.#closed) return;
    this.#revision = revision;
    outlet.say({ type: "run-changed", run });
  }

  async #tellLines(): Promise<void> {
    const { db, runId, outlet } = this.#options;
    const lines = await db.history.readLog(runId, this.#line, linesAtOnce);
    const last = lines.at(-1);
    if (last === undefined || this.#closed) return;
    this.#line = last.id;
    this.#stale ||= lines.length === linesAtOnce;
    outlet.say({ type: "log-appended", runId, lines });
  }
}
