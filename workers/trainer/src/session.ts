import {
  type ArtifactFile,
  type CheckpointFile,
  ControlRing,
  channels,
  type FromTrainer,
  type Run,
  type RunId,
  type ToTrainer,
} from "@etude/contracts";
import type { Claim, Flushed, HeldStatus, Recorder } from "@etude/db";
import type { Logger } from "@etude/service";
import { removeBlobs, storeFile } from "./checkpoints.ts";
import { Mailbox } from "./mailbox.ts";
import { RunLog } from "./run-log.ts";
import type { SessionServices } from "./session-services.ts";
import type { Slot } from "./slots.ts";
import type { Exit, TrainerProcess } from "./trainer-process.ts";
import { untilAnswered } from "./until-answered.ts";

/** What a session can be told to do with its child. */
type Request = "cancel" | "pause" | "drain";
type Ending = Pick<Extract<FromTrainer, { type: "training-end" }>, "outcome" | "failure" | "summary">;
type Start = Extract<ToTrainer, { type: "training-start" }>;
type Message =
  | Exclude<FromTrainer, { type: "log" }>
  | { readonly type: "log-due" }
  | ({ readonly type: "child-exit" } & Exit);

/** How a run left its worker. `lost`: somebody else has it, so nothing more may be said about it. */
export type SessionEnd =
  | { readonly kind: "ended"; readonly run: Run; readonly clean: boolean }
  | { readonly kind: "handed-back"; readonly run: Run }
  | { readonly kind: "lost" };

const strength = { drain: 0, pause: 1, cancel: 2 } as const satisfies Record<Request, number>;

/** Time that a child has to obey before it is killed. */
const graceMs = { cancel: 5_000, pause: 20_000, drain: 20_000 } as const satisfies Record<Request, number>;

/**
 * One attempt at a run: feeds the child, commits what it reports in the order it reports it, and decides with Postgres
 * how it ends. Never computes.
 */
export class Session {
  readonly #claim: Claim;
  readonly #recorder: Recorder;
  readonly #services: SessionServices;
  readonly #log: Logger;
  readonly #mailbox = new Mailbox<Message>();
  readonly #lines = new RunLog(() => this.#mailbox.post({ type: "log-due" }), Date.now());
  readonly #timers = new Set<NodeJS.Timeout>();
  #child: TrainerProcess | undefined;
  #request: Request | undefined;
  #lost = false;
  #lastCommit = Date.now();
  #flushMs: number;

  constructor(claim: Claim, recorder: Recorder, services: SessionServices, log: Logger) {
    this.#claim = claim;
    this.#recorder = recorder;
    this.#services = services;
    this.#log = log;
    this.#flushMs = services.flushMs.unwatched;
  }

  get #runId(): RunId {
    return this.#claim.run.id;
  }

  /**
   * Stop within a step; or write a checkpoint and leave the run to its user (pause) or to another worker (drain). A
   * stronger wish replaces a weaker one.
   */
  request(what: Request): void {
    if (this.#request && strength[what] <= strength[this.#request]) return;
    this.#request = what;
    this.#tellRequest();
    this.#later(graceMs[what], () => this.#child?.kill());
  }

  #tellRequest(): void {
    if (this.#request) this.#child?.send({ type: this.#request === "cancel" ? "training-cancel" : "training-pause" });
  }

  /** Trains in the slot's child until the attempt is over. */
  async run(
    slot: Slot,
    folder: string,
    material: Pick<Start, "resume" | "curves" | "policy" | "inputs">,
  ): Promise<SessionEnd> {
    const { bus, watchers, flushMs, leaseMs } = this.#services;
    const unsubscribe = await bus.subscribe(channels.control(this.#runId), ({ header }) => {
      this.request(ControlRing.parse(JSON.parse(header)).type);
    });
    const unwatch = watchers.onWatched(this.#runId, () => this.#setFlush(flushMs.watched));
    this.#every(2_000, () => this.#setFlush(watchers.isWatched(this.#runId) ? flushMs.watched : flushMs.unwatched));
    this.#every(leaseMs / 3, () => void this.#showLife());
    try {
      this.#child = slot.occupy(this.#runId, {
        message: (message) =>
          message.type === "log" ? this.#lines.add(message, Date.now()) : this.#mailbox.post(message),
        exit: (exit) => this.#mailbox.post({ type: "child-exit", ...exit }),
      });
      this.#flushMs = watchers.isWatched(this.#runId) ? flushMs.watched : flushMs.unwatched;
      const { attempt, run } = this.#claim;
      const { backend } = this.#services;
      const spec = run.spec.kind === "training" && run.spec.backend === "auto" ? { ...run.spec, backend } : run.spec;
      this.#child.send({
        type: "training-start",
        runId: run.id,
        attempt,
        spec,
        folder,
        ...material,
        flushEveryMs: this.#flushMs,
      });
      this.#tellRequest();
      return await this.#serve(slot);
    } finally {
      for (const timer of this.#timers) clearTimeout(timer);
      unsubscribe();
      unwatch();
      this.#mailbox.close();
    }
  }

  async #serve(slot: Slot): Promise<SessionEnd> {
    for (;;) {
      const messages = await this.#mailbox.takeAll();
      let batch: number | undefined;
      for (const message of messages) {
        if (message.type === "points") {
          this.#recorder.push(message.series);
          batch = message.batch;
          continue;
        }
        // Everything said before this message is committed before it is acted on.
        if (batch !== undefined && !(await this.#commit(batch))) return this.#leave();
        batch = undefined;
        const end = await this.#handle(message, slot);
        if (end) return end;
      }
      if (batch !== undefined && !(await this.#commit(batch))) return this.#leave();
      if (this.#lost) return this.#leave();
    }
  }

  async #handle(message: Exclude<Message, { type: "points" }>, slot: Slot): Promise<SessionEnd | undefined> {
    const { db } = this.#services;
    const { attempt } = this.#claim;
    switch (message.type) {
      case "trainer-ready":
        return undefined;
      case "training-started": {
        const { backend, horizon, parameters } = message;
        if (backend) slot.backend = backend.name;
        return this.#settle(
          await this.#persist(() => db.runs.started(this.#runId, attempt, { backend, horizon, parameters })),
        );
      }
      case "checkpoint-written":
        return this.#register(message);
      case "artifact-written":
        return this.#keep(message);
      case "restart-needed": {
        await this.#persist(() => db.runs.discardCheckpoint(this.#runId, attempt, "all"));
        return this.#handBack(message.why, false);
      }
      case "log-due":
        return (await this.#commitLog()) ? undefined : this.#leave();
      case "training-end": {
        if (message.outcome === "paused" && this.#request !== "pause")
          return this.#handBack("the worker is shutting down", false);
        return this.#finish(message);
      }
      case "child-exit":
        if (message.outOfMemory !== undefined) {
          const failure = {
            reason: "out-of-memory",
            message: `the trainer process ended: ${message.outOfMemory}`,
          } as const;
          return this.#finish({ outcome: "failed", failure, summary: null });
        }
        // Killed because it did not obey in time: no fault of the run.
        return this.#handBack(`the trainer process ended (${message.how})`, this.#request === undefined);
    }
  }

  async #register(checkpoint: CheckpointFile): Promise<SessionEnd | undefined> {
    const { db, blobs, rings, watchers } = this.#services;
    const { step, file, sha256, bytes } = checkpoint;
    const registered = await this.#persist(async () => {
      if (!(await storeFile(blobs, checkpoint))) return undefined;
      return this.#recorder.registerCheckpoint({ step, file, sha256, bytes });
    });
    if (registered === "lost") return this.#leave();
    if (!registered) {
      const message = `the checkpoint at step ${step} was lost before it was kept; the one before it stays`;
      this.#lines.add({ level: "warn", message }, Date.now());
      return undefined;
    }
    this.#committed(registered);
    rings.appended(registered, watchers.isWatched(this.#runId));
    this.#child?.send({ type: "checkpoint-registered", step });
    await removeBlobs({ db, blobs }, registered.obsolete);
    return undefined;
  }

  /** Stores a file that the child leaves behind. */
  async #keep({ name, mediaType, file, sha256, bytes }: ArtifactFile): Promise<SessionEnd | undefined> {
    const { db, blobs } = this.#services;
    const kept = await this.#persist(async () => {
      if (!(await storeFile(blobs, { file, sha256 }))) return "damaged";
      return db.artifacts.record(this.#runId, this.#claim.attempt, { name, mediaType, sha256, bytes });
    });
    if (kept === "lost") return this.#leave();
    if (kept === "damaged")
      this.#lines.add({ level: "error", message: `${name} was lost before it was kept` }, Date.now());
    return undefined;
  }

  async #finish({ outcome, failure, summary }: Ending): Promise<SessionEnd> {
    const { db, rings } = this.#services;
    if (!(await this.#commitLog())) return this.#leave();
    const ending = { outcome, failure, summary };
    const run = await this.#persist(() => db.runs.finish(this.#runId, this.#claim.attempt, ending));
    if (run === "lost") return this.#leave();
    rings.changed(run);
    return { kind: "ended", run, clean: outcome !== "failed" };
  }

  /** Commits the log lines that wait and rings. False when the run is lost. */
  async #commitLog(): Promise<boolean> {
    const { db, rings } = this.#services;
    const lines = this.#lines.take();
    if (lines.length === 0) return true;
    const logged = await this.#persist(() => db.history.appendLog(this.#runId, this.#claim.attempt, lines));
    if (logged === "lost") return false;
    rings.logged(this.#runId);
    return true;
  }

  /** Commits what was pushed, rings, and tells the child up to which batch. False when the run is lost. */
  async #commit(batch: number): Promise<boolean> {
    const { rings, watchers } = this.#services;
    const flushed = await this.#persist(() => this.#recorder.flush());
    if (flushed === "lost") return false;
    this.#committed(flushed);
    rings.appended(flushed, watchers.isWatched(this.#runId));
    this.#child?.send({ type: "points-acknowledged", batch });
    return true;
  }

  #committed(flushed: Flushed): void {
    this.#lastCommit = Date.now();
    this.#heed(flushed.status);
  }

  /** Obeys a wish that the run's row tells of: its ring may have been lost. */
  #heed(status: HeldStatus): void {
    if (status === "cancelling") this.request("cancel");
    if (status === "pausing") this.request("pause");
  }

  /** Gives the run back to Postgres, which decides whether it is queued again. */
  async #handBack(why: string, loss: boolean): Promise<SessionEnd> {
    const { db, rings } = this.#services;
    this.#lines.add({ level: loss ? "warn" : "info", message: why }, Date.now());
    // What the child reported before it died is as good as any other point.
    const flushed = await this.#persist(() => this.#recorder.flush());
    if (flushed === "lost" || !(await this.#commitLog())) return this.#leave();
    rings.appended(flushed, false);
    const run = await this.#persist(() => db.runs.requeue(this.#runId, this.#claim.attempt, { why, loss }));
    if (run === "lost") return this.#leave();
    this.#log.warn({ why, status: run.status }, "run handed back");
    rings.changed(run);
    return { kind: "handed-back", run };
  }

  #settle(run: Run | "lost"): SessionEnd | undefined {
    if (run === "lost") return this.#leave();
    this.#services.rings.changed(run);
    return undefined;
  }

  #leave(): SessionEnd {
    this.#lost = true;
    this.#log.warn("the run was taken from this worker");
    this.#child?.kill();
    return { kind: "lost" };
  }

  #persist<T>(operation: () => Promise<T>): Promise<T> {
    return untilAnswered(operation, this.#log);
  }

  /** Renews the lease when no append has done so lately, and hears of wishes whose rings were lost. */
  async #showLife(): Promise<void> {
    const { db, leaseMs } = this.#services;
    if (Date.now() - this.#lastCommit < leaseMs / 4) return;
    try {
      const status = await db.runs.renewLease(this.#runId, this.#claim.attempt, leaseMs);
      if (status !== "lost") return this.#heed(status);
      this.#lost = true;
      this.#child?.kill();
    } catch (error) {
      this.#log.warn({ err: error }, "could not renew the lease");
    }
  }

  #setFlush(ms: number): void {
    if (ms === this.#flushMs) return;
    this.#flushMs = ms;
    this.#child?.send({ type: "flush-interval", ms });
  }

  #later(ms: number, action: () => void): void {
    this.#timers.add(setTimeout(action, ms));
  }

  #every(ms: number, action: () => void): void {
    this.#timers.add(setInterval(action, ms));
  }
}
