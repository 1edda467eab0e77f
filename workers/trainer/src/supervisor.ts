import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import type { Run, TrainJob } from "@etude/contracts";
import type { Claim } from "@etude/db";
import { type Consumer, type Logger, type Queueing, runLogger } from "@etude/service";
import { fetchCheckpoint, fetchInputs, runFolder } from "./checkpoints.ts";
import { learnedPolicy } from "./learned-policy.ts";
import { replayedCurves } from "./replayed-curves.ts";
import { Session, type SessionEnd } from "./session.ts";
import type { SessionServices } from "./session-services.ts";
import { Slot } from "./slots.ts";
import { fetchUploads } from "./uploaded-files.ts";

export interface SupervisorOptions extends SessionServices {
  readonly queueing: Queueing;
  readonly logger: Logger;
  readonly pool: string;
  readonly slots: number;
  readonly dataDir: string;
}

const heartbeatEveryMs = 10_000;

/** Takes runs of one pool from the queue and trains them, one a slot. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: Slot[];
  readonly #free: Slot[];
  readonly #sessions = new Set<Session>();
  #consumer: Consumer | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #draining = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { slots, pool } = options;
    this.#slots = Array.from({ length: slots }, (_, index) => new Slot(index, pool === "gpu"));
    this.#free = [...this.#slots];
  }

  async start(): Promise<void> {
    const { queueing, pool, slots, watchers, bus } = this.#options;
    for (const slot of this.#slots) slot.warm();
    await watchers.start(bus);
    this.#consumer = queueing.work(pool, (job) => this.#deliver(job), { concurrency: slots });
    this.#heartbeat = setInterval(() => void this.#showLife(), heartbeatEveryMs);
    await this.#showLife();
  }

  /** Takes no more runs, lets those in progress write a checkpoint and hands them back. */
  async drain(): Promise<void> {
    this.#draining = true;
    clearInterval(this.#heartbeat);
    for (const session of this.#sessions) session.request("drain");
    await this.#consumer?.close();
    for (const slot of this.#slots) slot.close();
    this.#options.watchers.stop();
    await Promise.allSettled(this.#slots.map((slot) => this.#options.db.workers.leave(this.#workerId(slot))));
  }

  async #deliver(job: TrainJob): Promise<void> {
    // The queue delivers at most as many at a time as there are slots.
    const slot = this.#free.pop();
    if (!slot || this.#draining) {
      if (slot) this.#free.push(slot);
      return;
    }
    const { db, leaseMs, logger } = this.#options;
    const log = runLogger(logger, job.runId, job.attempt);
    let clean = false;
    try {
      const claim = await db.runs.claim(job, { worker: this.#workerId(slot), leaseMs });
      clean = claim === null;
      if (claim) clean = await this.#attempt(claim, slot, log);
    } catch (error) {
      // The reconciler delivers the run again when its lease has run out.
      log.error({ err: error }, "a delivery failed");
    } finally {
      slot.vacate(clean);
      if (!this.#draining) slot.warm();
      this.#free.push(slot);
    }
  }

  /** Returns whether the slot's child may train another run. */
  async #attempt(claim: Claim, slot: Slot, log: Logger): Promise<boolean> {
    const { db, blobs, rings, leaseMs, dataDir } = this.#options;
    const { run, attempt, rewoundTo } = claim;
    if (rewoundTo !== null) rings.rewound(run.id, attempt, rewoundTo);
    rings.changed(run);
    const folder = runFolder(dataDir, run.id);
    const resume = claim.resume && (await fetchCheckpoint(blobs, claim.resume, folder));
    // Of what another run left there is no earlier one: then the child says that it cannot go on.
    const origin = run.spec.kind === "training" ? run.spec.continueFrom?.step : undefined;
    if (claim.resume && !resume && claim.resume.step !== origin) {
      const why = `checkpoint at step ${claim.resume.step} is missing or damaged`;
      await db.runs.discardCheckpoint(run.id, attempt, claim.resume.step);
      return this.#end({ kind: "handed-back", run: await this.#requeue(run, attempt, why) }, log);
    }
    const { spec } = run;
    const curves = spec.kind === "training" ? await replayedCurves(db, spec) : {};
    const policy = spec.kind === "training" ? await learnedPolicy(db, blobs, spec) : null;
    const inputs =
      spec.kind === "training"
        ? await fetchUploads(blobs, spec, folder)
        : await fetchInputs(blobs, spec.inputs, folder);
    const recorder = await db.openRecorder(run.id, attempt, { leaseMs });
    if (recorder === "lost") return true;
    const session = new Session(claim, recorder, this.#options, log);
    this.#sessions.add(session);
    try {
      if (this.#draining) session.request("drain");
      return await this.#end(await session.run(slot, folder, { resume: resume ?? null, curves, policy, inputs }), log);
    } finally {
      this.#sessions.delete(session);
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #requeue(run: Run, attempt: number, why: string): Promise<Run> {
    const requeued = await this.#options.db.runs.requeue(run.id, attempt, { why, loss: false });
    return requeued === "lost" ? run : requeued;
  }

  async #end(end: SessionEnd, log: Logger): Promise<boolean> {
    if (end.kind === "lost") return false;
    if (end.kind === "ended") return end.clean;
    if (end.run.status === "queued") await this.#deliverAgain(end.run, log);
    return false;
  }

  /** Puts a run that was handed back into the queue at once; otherwise the reconciler does it a little later. */
  async #deliverAgain(run: Run, log: Logger): Promise<void> {
    if (run.spec.kind === "external") return;
    const job = { runId: run.id, attempt: run.attempt + 1 };
    try {
      await this.#options.queueing.add(run.spec.pool, job);
      await this.#options.db.runs.markDelivered([job]);
    } catch (error) {
      log.warn({ err: error }, "could not queue the run again at once");
    }
  }

  #workerId(slot: Slot): string {
    return `${hostname()}-${process.pid}-${slot.index}`;
  }

  async #showLife(): Promise<void> {
    const { db, pool, logger } = this.#options;
    const beats = this.#slots.map((slot) =>
      db.workers.heartbeat({
        id: this.#workerId(slot),
        pool,
        backend: slot.backend,
        host: hostname(),
        pid: process.pid,
        runId: slot.runId,
      }),
    );
    for (const beat of await Promise.allSettled(beats)) {
      if (beat.status === "rejected") logger.warn({ err: beat.reason }, "no heartbeat");
    }
  }
}
