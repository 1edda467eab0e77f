import type { BoundOptimizer, BoundSchedule, BuiltModel, GradientClip, Json, OptimizerState, Tf } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";
import type { Read } from "./read.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** What stays the same during a run. */
export interface Session {
  readonly tf: Tf;
  readonly read: Read;
  readonly model: BuiltModel;
  readonly optimizer: BoundOptimizer;
  readonly schedule: BoundSchedule;
  /** What becomes of gradients that are too large. */
  readonly clip: GradientClip | undefined;
  /** Lets the event loop run when it has waited for 20 ms. */
  readonly breathe: () => Promise<void>;
  readonly watch: Stopwatch;
}

/** What every update changes, beside the weights. With them it is all that a checkpoint has to hold. */
export interface Moving {
  /** Updates done; the next one is update `step`. */
  step: number;
  schedule: Json;
  optimizer: OptimizerState;
  /** d_{t−1} of every weight (the previous displacement divided by its rate), when the schedule asks for it. */
  previous: tfc.Tensor[] | null;
  /** Adapted rates of every weight, for a rate per parameter. */
  rates: tfc.Tensor[] | null;
}

/** Returns whether d_{t−1} must be kept from one update to the next. */
export const keepsDirections = ({ needs }: BoundSchedule): boolean =>
  needs.before.includes("alignment") || needs.before.includes("directionNorm");
