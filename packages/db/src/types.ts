/** What packages/db offers, as interfaces: everything Etude remembers. */
import type {
  BackendReport,
  Checkpoint,
  CheckpointFile,
  Failure,
  QueuedRun,
  Run,
  RunFilter,
  RunId,
  RunPatch,
  RunSpec,
  RunStatus,
  RunSummary,
  Study,
  StudyId,
  TrainJob,
  UploadId,
  WorkerInfo,
} from "@etude/contracts";
import type { z } from "zod";
import type { Keys, Sessions } from "./access/types.ts";
import type { Queries } from "./query/types.ts";
import type { EvidenceStore } from "./evidence/types.ts";
import type { Rates } from "./rates.ts";
import type { Retention } from "./retention/types.ts";
import type { Artifacts } from "./artifacts/types.ts";
import type { Uploads } from "./uploads/types.ts";
import type { HeldStatus, Recorder, NewPoints, Appended, HistoryStore } from "./history/types.ts";

export type * from "./access/types.ts";
export type * from "./evidence/types.ts";
export type * from "./query/types.ts";
export type * from "./artifacts/types.ts";
export type * from "./history/types.ts";
export type * from "./retention/types.ts";
export type * from "./uploads/types.ts";

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most; 10 for an API process, 4 for a supervisor. */
  readonly poolSize?: number;
  readonly logger?: { warn(details: object, message: string): void };
}

export interface Database {
  readonly runs: Runs;
  readonly history: HistoryStore;
  readonly queries: Queries;
  readonly studies: Studies;
  readonly artifacts: Artifacts;
  readonly uploads: Uploads;
  readonly evidence: EvidenceStore;
  readonly retention: Retention;
  readonly rates: Rates;
  readonly keys: Keys;
  readonly sessions: Sessions;
  readonly workers: Workers;
  /** Opens the log of a claimed run for writing; "lost" when the claim no longer holds. */
  openRecorder(runId: string, attempt: number, options?: { leaseMs?: number }): Promise<Recorder | "lost">;
  /**
   * Appends to an external run in one transaction that holds its row, so that any number of writers take turns.
   * Throws Problem run_not_found, run_not_active, run_kind_refused, points_gap, attempt_over, validation_failed.
   */
  appendPoints(runId: string, points: NewPoints): Promise<Appended>;
  /** Resolves when the server answers. */
  ping(): Promise<void>;
  /** Runs `work` unless another process does something under this name now; undefined then. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T | undefined>;
  /** How many runs wait and run. */
  counts(): Promise<{ waiting: number; running: number }>;
  /** Finishes interrupted deletions, takes the shapes of rates that are missing, and forgets idempotency keys after a day, and sessions and workers that are over. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

// Runs

export interface NewRun {
  readonly spec: RunSpec;
  readonly studyId?: StudyId | null;
  readonly clonedFrom?: RunId | null;
  /** Runs whose history this one reads; they cannot be deleted while it waits or runs. */
  readonly needs?: readonly RunId[];
  /** Uploads that it learns from; they cannot be deleted while it waits or runs. */
  readonly uploads?: readonly UploadId[];
}

export interface Idempotency {
  readonly key: string;
  /** The request, hashed canonically: another body under the same key is a conflict. */
  readonly body: unknown;
}

export type RunList = z.output<typeof RunFilter>;

/** Where a claimed run takes up its log, and from which file. */
export interface Claim {
  readonly run: QueuedRun;
  readonly attempt: number;
  readonly resume: (CheckpointFile & { readonly backend: string | null }) | null;
  /** Points at this step and later were cut; null when nothing was. Ring `rewound` with it. */
  readonly rewoundTo: number | null;
}

/** A run that has to be given to the queue. */
export interface Delivery {
  readonly job: TrainJob;
  readonly pool: string;
}

export interface Ending {
  readonly outcome: "completed" | "failed" | "cancelled" | "paused";
  readonly failure?: Failure | null;
  readonly summary?: RunSummary | null;
}

export interface RunEvent {
  readonly at: string;
  readonly attempt: number;
  readonly from: RunStatus | null;
  readonly to: RunStatus;
  readonly why: string | null;
}

export interface Runs {
  /** All or none, in order. With an idempotency key seen before: the runs made then, `created` false. Throws Problem idempotency_conflict, run_not_found, study_not_found. */
  create(runs: readonly NewRun[], idempotency?: Idempotency): Promise<{ runs: Run[]; created: boolean }>;
  /** Throws Problem run_not_found. */
  get(runId: string): Promise<Run>;
  getMany(runIds: readonly string[]): Promise<Run[]>;
  /** One page; `total` counts all that match. Throws Problem invalid_cursor. */
  list(filter: RunList): Promise<{ runs: Run[]; next: string | null; total: number }>;
  /** Renames or retags. Throws Problem run_not_found. */
  patch(runId: string, patch: z.output<typeof RunPatch>): Promise<Run>;
  events(runId: string): Promise<RunEvent[]>;
  /** Registered checkpoints, oldest first. Throws Problem run_not_found. */
  checkpoints(runId: string): Promise<Checkpoint[]>;
  /** The registered checkpoint at this step, or the last one; null when there is none. */
  checkpointAt(runId: string, step?: number): Promise<CheckpointFile | null>;

  /**
   * Takes a queued run, or one whose lease has run out: attempt + 1, the log cut to the last registered checkpoint.
   * Null when somebody else has it, it has ended, or `job.attempt` is not the next one. One of many callers wins.
   */
  claim(job: TrainJob, options: { worker: string; leaseMs?: number }): Promise<Claim | null>;
  /** Forgets the checkpoint at `step`, or all of them, which cannot be used, while the claim holds; requeue the run afterwards. */
  discardCheckpoint(runId: string, attempt: number, step: number | "all"): Promise<void>;
  /** Extends the lease; the status tells of a wish to pause or cancel. */
  renewLease(runId: string, attempt: number, leaseMs?: number): Promise<HeldStatus | "lost">;
  /** Records what the trainer found out at its start. */
  started(
    runId: string,
    attempt: number,
    facts: { backend: BackendReport | null; horizon: number; parameters: number | null },
  ): Promise<Run | "lost">;
  /** running → cancelling; queued, paused → cancelled at once; again: no change. Throws run_not_found, run_not_active. */
  requestCancel(runId: string): Promise<Run>;
  /** queued → paused; running: its worker pauses it, or whoever finds it lost; again: no change. Throws run_not_found, run_not_active. */
  requestPause(runId: string): Promise<Run>;
  /** running | cancelling → the outcome (a pause while cancelling is a cancel). */
  finish(runId: string, attempt: number, ending: Ending): Promise<Run | "lost">;
  /**
   * running → queued (paused if that was requested), cancelling → cancelled. `loss` says that the worker or child died: after `maxLosses` deaths
   * (3) without a new checkpoint the run fails with lost-worker.
   */
  requeue(
    runId: string,
    attempt: number,
    options: { why: string; loss: boolean; maxLosses?: number },
  ): Promise<Run | "lost">;
  /** paused → queued. Throws run_not_found, run_active. */
  resume(runId: string): Promise<Run>;
  /** failed | cancelled | paused → queued. `obsolete`: checkpoint files of a start from scratch. Throws run_not_found, run_active, run_not_active (completed). */
  retry(runId: string, from: "checkpoint" | "start"): Promise<{ run: Run; obsolete: CheckpointFile[] }>;
  /** Requeues (or cancels, or fails) runs whose lease has run out; returns those changed. For the reconciler. */
  recoverLost(options?: { maxLosses?: number; limit?: number }): Promise<Run[]>;
  /** Queued runs never given to the queue, or last given to it longer ago than `againAfterMs`. For the reconciler. */
  undelivered(options: { againAfterMs: number; limit?: number }): Promise<Delivery[]>;
  markDelivered(jobs: readonly TrainJob[]): Promise<void>;
  /** Marks external runs that nothing was heard of for so long as stale, and returns them. For the reconciler. */
  markStale(afterMs: number): Promise<Pick<Run, "id" | "studyId">[]>;
  /**
   * Takes an external run back: drops the points at `toStep` and later, opens a new attempt; a failed or cancelled one
   * is running again. `rewound` is false when there was nothing to drop. Throws run_not_found, run_not_active, run_kind_refused.
   */
  rewind(runId: string, toStep: number): Promise<{ run: Run; rewound: boolean }>;
  /** Hides an ended run at once, then deletes its history in batches. Returns the blobs that it had. Throws run_not_found, run_active, run_in_use. */
  remove(runId: string): Promise<{ blobs: string[] }>;
}

// The rest

export interface Studies {
  /** Throws Problem study_exists. */
  create(study: { name: string; note?: string }): Promise<Study>;
  /** Throws Problem study_not_found. */
  get(studyId: string): Promise<Study>;
  /** Newest first. Throws Problem invalid_cursor. */
  list(page: { limit: number; cursor?: string | undefined }): Promise<{ studies: Study[]; next: string | null }>;
  /** The id behind an id or a name; a name that no study has makes one. Throws Problem study_not_found. */
  resolve(ref: string): Promise<StudyId>;
  runIds(studyId: string): Promise<RunId[]>;
}

export interface Workers {
  heartbeat(worker: Omit<WorkerInfo, "seenAt">): Promise<void>;
  leave(id: string): Promise<void>;
  /** Those heard of within a minute. */
  list(): Promise<WorkerInfo[]>;
}
