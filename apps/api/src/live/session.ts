/** One live socket: what its client has subscribed to. */
import { ClientFrame, decodeCursor, Problem, type RunId, type StudyId } from "@etude/contracts";
import type { Database, Position } from "@etude/db";
import type { Logger } from "@etude/service";
import { toProblem } from "../plugins/errors.ts";
import { issuesOf, sentence } from "../validation.ts";
import { follow, type Followed } from "./follow.ts";
import type { Hub } from "./hub.ts";
import { Lane } from "./lane.ts";
import type { Outlet } from "./outlet.ts";
import type { Format } from "./viewer-frames.ts";

/** What all sessions of a process share. */
interface SessionParts {
  readonly db: Pick<Database, "runs" | "history" | "studies">;
  readonly hub: Hub;
  readonly logger: Logger;
}

/** Runs that one socket may follow. */
const maxRuns = 1000;
/** Frames of one client that may wait: a reconnection subscribes to every run again. */
const maxWaiting = 2 * maxRuns;

function parse(text: string | undefined): ClientFrame {
  if (text === undefined) throw new Problem("validation_failed", "A client sends text, not bytes.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem("malformed_json", "A frame is one JSON document.");
  }
  const frame = ClientFrame.safeParse(value, { reportInput: true });
  if (frame.success) return frame.data;
  const issues = issuesOf(frame.error);
  throw new Problem("validation_failed", sentence(issues), issues);
}

/** Takes a client's frames in order and keeps its subscriptions until it is closed. */
export class Session {
  readonly #outlet: Outlet;
  readonly #lane: Lane;
  readonly #parts: SessionParts;
  readonly #runs = new Map<RunId, Followed>();
  readonly #studies = new Map<StudyId, { readonly format: Format; readonly stopListening: () => void }>();
  #closed = false;
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(outlet: Outlet, parts: SessionParts) {
    this.#outlet = outlet;
    this.#lane = new Lane(outlet);
    this.#parts = parts;
  }

  /**
   * Takes one message; undefined stands for bytes. Frames are worked off in order. Returns false when the client asks
   * faster than it can be served.
   */
  receive(text: string | undefined): boolean {
    if (this.#waiting >= maxWaiting) return false;
    this.#enqueue(() => this.#handle(parse(text)));
    return true;
  }

  /** Takes a frame that is one. */
  ask(frame: ClientFrame): void {
    this.#enqueue(() => this.#handle(frame));
  }

  /** Looks for runs of the client's studies whose ring was lost, and says that the line stands. */
  beat(): void {
    this.#sayAlive();
    for (const studyId of this.#studies.keys()) this.#enqueue(() => this.#followRunsOf(studyId));
  }

  runIds(): RunId[] {
    return [...this.#runs.keys()];
  }

  /** `asked` are the runs behind `positions`: one that was asked for and is absent is gone. */
  compare(positions: ReadonlyMap<string, Position>, asked: ReadonlySet<string>): void {
    for (const [runId, followed] of this.#runs) if (asked.has(runId)) followed.compare(positions.get(runId));
  }

  close(): void {
    this.#closed = true;
    for (const runId of this.#runs.keys()) this.#drop(runId);
    for (const studyId of this.#studies.keys()) this.#leave(studyId);
  }

  #sayAlive(): void {
    this.#outlet.say({ type: "heartbeat", at: new Date().toISOString() });
  }

  #enqueue(task: () => Promise<void>): void {
    this.#waiting += 1;
    this.#work = this.#after(this.#work, task);
  }

  async #after(before: Promise<void>, task: () => Promise<void>): Promise<void> {
    await before;
    this.#waiting -= 1;
    if (this.#closed) return;
    try {
      await task();
    } catch (error) {
      this.#complain(error);
    }
  }

  async #handle(frame: ClientFrame): Promise<void> {
    if (frame.type === "ping") return this.#sayAlive();
    const { runId, studyId } = frame;
    if ((runId === undefined) === (studyId === undefined))
      throw new Problem("validation_failed", `${frame.type} needs one of runId and studyId.`);
    if (frame.type === "unsubscribe") {
      if (runId !== undefined) this.#drop(runId);
      if (studyId !== undefined) this.#leave(studyId);
    } else if (runId !== undefined) await this.#follow(runId, frame.format, frame.after);
    else if (studyId !== undefined) await this.#join(studyId, frame.format);
  }

  /** Follows a run; a subscription that exists starts anew from the given cursor. */
  async #follow(runId: RunId, format: Format, cursor?: string): Promise<void> {
    const { db, hub, logger } = this.#parts;
    this.#drop(runId);
    try {
      if (this.#runs.size >= maxRuns) throw new Problem("rate_limited", `A socket follows at most ${maxRuns} runs.`);
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      if (cursor !== undefined && after === undefined) throw new Problem("invalid_cursor");
      const followed = await follow({
        runId,
        after,
        format,
        db,
        hub,
        outlet: this.#outlet,
        lane: this.#lane,
        onEnd: () => this.#runs.delete(runId),
        onError: (error) => logger.warn({ err: error, runId }, "a viewer could not read; it tries again"),
      });
      if (this.#closed) followed.stop();
      else this.#runs.set(runId, followed);
    } catch (error) {
      this.#complain(error, runId);
    }
  }

  async #join(studyId: StudyId, format: Format): Promise<void> {
    const { db, hub } = this.#parts;
    await db.studies.get(studyId);
    this.#leave(studyId);
    const stopListening = await hub.watchRuns((ring) => {
      if (ring.type === "created" && ring.studyId === studyId)
        this.#enqueue(() => this.#followNew([ring.runId], format));
    });
    this.#studies.set(studyId, { format, stopListening });
    if (this.#closed) return this.#leave(studyId);
    await this.#followRunsOf(studyId);
  }

  async #followRunsOf(studyId: StudyId): Promise<void> {
    const study = this.#studies.get(studyId);
    if (study !== undefined) await this.#followNew(await this.#parts.db.studies.runIds(studyId), study.format);
  }

  async #followNew(runIds: readonly RunId[], format: Format): Promise<void> {
    for (const runId of runIds) if (!this.#closed && !this.#runs.has(runId)) await this.#follow(runId, format);
  }

  #drop(runId: RunId): void {
    this.#runs.get(runId)?.stop();
  }

  #leave(studyId: StudyId): void {
    this.#studies.get(studyId)?.stopListening();
    this.#studies.delete(studyId);
  }

  #complain(error: unknown, runId?: RunId): void {
    const problem = toProblem(error);
    if (problem.code === "internal") this.#parts.logger.error({ err: error }, "a live frame failed");
    const { code, title, detail } = problem.body();
    this.#outlet.say({ type: "problem", code, title, detail, ...(runId === undefined ? {} : { runId }) });
  }
}
