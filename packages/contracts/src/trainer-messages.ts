/**
 * What supervisor and trainer child say to each other over the fork channel (`serialization: "advanced"`, so typed
 * arrays travel as they are). Both ends are ours and start together, so these are types, not parsed schemas.
 */
import type { Json } from "@etude/catalog";
import type { BackendReport, Failure, QueuedSpec, RunId, RunSummary } from "./index.ts";

/** Points of one series, in step order. Values are float64. */
export interface PointColumns {
  readonly key: string;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** A checkpoint file that a resumed run starts from: weights, optimizer, schedule and data-order state before update `step`. */
export interface CheckpointFile {
  /** Updates done when it was taken: the resumed run continues with update `step`. */
  readonly step: number;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A finished file of a run, for the supervisor to keep. */
export interface ArtifactFile {
  /** Unique within the run, such as `policy.json`; the last one of a name counts. */
  readonly name: string;
  readonly mediaType: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type ToTrainer =
  | {
      readonly type: "training-start";
      readonly runId: RunId;
      readonly attempt: number;
      readonly spec: QueuedSpec;
      /** The only folder the child may write to; checkpoints go here. */
      readonly folder: string;
      readonly resume: CheckpointFile | null;
      /** `replay` schedules: by run id, the applied rate of each recorded run, one value a step; empty without one. */
      readonly curves: Readonly<Record<string, Float64Array>>;
      /** `learned` schedules: the frozen weights of a policy that was trained here; null without one. */
      readonly policy: Json;
      /** The blobs that the spec names as inputs, as files by name. */
      readonly inputs: Readonly<Record<string, string>>;
      readonly flushEveryMs: number;
    }
  /** Somebody watches, or no longer: points are sent this often from now on. */
  | { readonly type: "flush-interval"; readonly ms: number }
  /** All points up to and including batch `batch` are committed. The child pauses when 64 batches are outstanding. */
  | { readonly type: "points-acknowledged"; readonly batch: number }
  | { readonly type: "checkpoint-registered"; readonly step: number }
  /** Stop within a step or 50 ms; answer with training-end. */
  | { readonly type: "training-cancel" }
  /** Write a checkpoint, report it, answer with training-end `paused`. */
  | { readonly type: "training-pause" };

export type FromTrainer =
  /** Libraries are loaded; the child can start a run at once. */
  | { readonly type: "trainer-ready" }
  | {
      readonly type: "training-started";
      /** Null for work that runs on no tensor library. */
      readonly backend: BackendReport | null;
      readonly horizon: number;
      readonly parameters: number | null;
      readonly groups: readonly string[];
    }
  /** `batch` counts from 1 within an attempt. */
  | { readonly type: "points"; readonly batch: number; readonly step: number; readonly series: readonly PointColumns[] }
  /** The file is complete and synced. All points of the steps before it were sent earlier. */
  | ({ readonly type: "checkpoint-written" } & CheckpointFile)
  /** The run cannot go on from its checkpoint with the same numbers: it has to start again. The last message. */
  | { readonly type: "restart-needed"; readonly why: string }
  /** The file is complete and synced. */
  | ({ readonly type: "artifact-written" } & ArtifactFile)
  | { readonly type: "log"; readonly level: "debug" | "info" | "warn" | "error"; readonly message: string }
  | {
      readonly type: "training-end";
      readonly outcome: "completed" | "cancelled" | "paused" | "failed";
      readonly failure: Failure | null;
      readonly summary: RunSummary | null;
    };
