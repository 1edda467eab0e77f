/**
 * The contract of the array engine: training problems small enough to be computed in plain float64 arrays, thousands a
 * minute. The engine runs the catalogue's schedules unchanged; its optimizers are held to the trainer's by parity tests.
 */
import type { OptimizerSpec } from "@etude/catalog";

/** A problem with everything fixed but the seed, the schedule and, on request, the optimizer. */
export interface Problem {
  /** Unique, kebab-case, such as `softmax-digits`. */
  readonly id: string;
  /** Problems of one family share data and model class; headlines count families. */
  readonly family: string;
  readonly title: string;
  readonly domain: "analytic" | "tabular" | "vision" | "text" | "factorisation";
  /** Updates in one run, T. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Examples in one update; null where a step sees everything. */
  readonly batchSize: number | null;
  readonly optimizer: OptimizerSpec;
  /** Parameter groups, for schedules that give a rate per group. */
  readonly groups: readonly string[];
  /** Losses are floored here before they are compared: what the problem can resolve. */
  readonly resolution: number;
  /** `alternating`: gradient, bound, rate and update once per group in turn, as factorisations need. */
  readonly update: "joint" | "alternating";
  /** The same seed gives the same initial weights, order and noise, whatever the schedule does. */
  start(seed: number): Instance;
}

/** A problem under one seed. Weights change in place. */
export interface Instance {
  /** One array a weight tensor. */
  readonly weights: readonly Float64Array[];
  /** Index into `Problem.groups`, one a weight tensor. */
  readonly groupOf: readonly number[];
  /**
   * Returns the loss of update `step` at the current weights: on its batch, with its noise. Writes the gradient when
   * arrays are given, with `group` only that group's part of it; the same step gives the same batch and noise however
   * often it is asked.
   */
  loss(step: number, gradients?: readonly Float64Array[], group?: number): number;
  /** Puts the weights of `group` (all of them without one) back into the allowed set. */
  project?(group?: number): void;
  /** The stability bound on the rate of `group` at the current weights and this step's batch. */
  bound?(group: number, step: number): number;
  /** The full training objective at the current weights, without noise. */
  trainLoss(): number;
  /** On held-out data, where the problem has any. */
  validation?(): { readonly loss: number; readonly accuracy?: number };
}
