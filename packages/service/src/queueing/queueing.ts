import type { TrainJob } from "@etude/contracts";

/** A delivery to add. Among waiting ones a lower `priority` goes first; without one it goes before all that have one. */
export type NewTrainJob = TrainJob & { priority?: number };

/** Runs one delivery. `signal` aborts on `cancel`; a rejection only ends the delivery, Postgres decides what follows. */
export type TrainHandler = (job: TrainJob, signal: AbortSignal) => Promise<void>;

/** Takes deliveries of one pool, `concurrency` at a time. */
export interface Consumer {
  /** Aborts the signal of a delivery that runs here; false when it does not. Other processes are not reached. */
  cancel(job: TrainJob, reason: string): boolean;
  /** Aborts the signals of all deliveries that run here. */
  cancelAll(reason: string): void;
  /** Takes no more deliveries and resolves when those that run are done. */
  close(): Promise<void>;
}

/**
 * Deliveries of runs to workers. The queue holds nothing that Postgres does not know: losing it loses no run, since the
 * reconciler adds again what is missing.
 */
export interface Queueing {
  readonly kind: "redis" | "postgres";
  /** Adds a delivery; the same one again changes nothing. Rejects within seconds when the queue cannot be reached. */
  add(pool: string, job: NewTrainJob): Promise<void>;
  /** Starts to take deliveries of `pool`. Goes on by itself after the queue was away. */
  work(pool: string, handler: TrainHandler, options: { concurrency: number }): Consumer;
  /** How many deliveries wait and run. */
  depth(pool: string): Promise<{ waiting: number; active: number }>;
  /** Every delivery that the queue holds, waiting or running. */
  deliveries(pool: string): Promise<TrainJob[]>;
  /** Forgets every delivery of `pool`, the running ones included. */
  obliterate(pool: string): Promise<void>;
  /** Closes consumers and connections. */
  close(): Promise<void>;
}

/** Thrown by `add`, `depth` and `deliveries` when the queue does not answer in time. */
export class QueueUnavailableError extends Error {
  constructor(kind: Queueing["kind"], cause: unknown) {
    super(`The queue (${kind}) is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "QueueUnavailableError";
  }
}
