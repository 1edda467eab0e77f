/** The contract of work: what a queued run does that is not the training of one model. */
import type { RunSummary, WorkSpec } from "@etude/contracts";

/** What work may do besides computing. It has no clock, no network and no database. */
export interface WorkContext {
  /** Bytes of the last checkpoint; null at a start from scratch. */
  readonly resume: Uint8Array | null;
  /** Bytes of the inputs that the spec names. */
  readonly inputs: ReadonlyMap<string, Uint8Array>;
  /** Records a point of a series; steps must increase. */
  point(key: string, step: number, value: number): void;
  log(level: "info" | "warn" | "error", message: string): void;
  /** What the user or the supervisor wants by now: stop at once, or keep a checkpoint and stop. */
  interrupted(): "cancel" | "pause" | undefined;
  /** Lets messages in and points out; call it at least every 50 ms of computing. `done`: units of the horizon. */
  breathe(done: number): Promise<void>;
  /** Keeps the state after `done` units; a resumed run starts with it, and its points from there on are cut. */
  checkpoint(done: number, state: Uint8Array): Promise<void>;
  /** Leaves a file behind. */
  leave(name: string, mediaType: string, bytes: Uint8Array): Promise<void>;
}

export interface WorkEnd {
  readonly outcome: "completed" | "cancelled" | "paused";
  readonly summary: RunSummary | null;
}

/** One kind of work = one file beside this one. */
export interface Work<Spec extends WorkSpec = WorkSpec> {
  /** Units (iterations, cells) in the whole run, for progress. */
  horizon(spec: Spec): number;
  run(spec: Spec, context: WorkContext): Promise<WorkEnd>;
}
