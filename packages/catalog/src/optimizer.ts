/** The contract of an optimizer: it turns gradients into a direction; the schedule decides how far to go along it. */
import type * as tfc from "@tensorflow/tfjs-core";
import type { z } from "zod";

/** The TensorFlow.js that the caller has chosen and started; the catalogue never loads one itself. */
export type Tf = typeof tfc;

/** Named state tensors, one or more per weight, such as `m/hidden-1/kernel`: they are what a checkpoint stores. */
export type OptimizerState = Readonly<Record<string, tfc.Tensor>>;

/** The shape and name of a weight; optimizers need no more to start. */
export interface WeightInfo {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A weight before the first update. The value stays the caller's. */
export interface StartWeight extends WeightInfo {
  readonly value: tfc.Tensor;
}

export interface DirectionInput {
  readonly state: OptimizerState;
  /** Weights that take part in this update, with their current values. */
  readonly weights: readonly { readonly name: string; readonly value: tfc.Tensor }[];
  /** One gradient a weight, in the same order. */
  readonly gradients: readonly tfc.Tensor[];
  /** 0-based number of this update. */
  readonly step: number;
  /**
   * The rate that each weight's update will use, where it is known before the direction: not in a line search and not
   * with a rate per parameter. For methods whose state depends on it.
   */
  readonly rates?: readonly number[];
  /** Replaces the optimizer's momentum (β₁ for the Adam family) when the schedule cycles it. */
  readonly momentum?: number;
}

/** A type and not an interface, so that it fits `tf.tidy`. */
export type Direction = {
  /** One direction u a weight: the update is w ← w − rate · u. Decoupled weight decay is part of it. */
  readonly directions: tfc.Tensor[];
  /** A factor of the rate that the method found by itself; the trainer uses and records rate · scale. */
  readonly scale?: tfc.Tensor;
  /** New values of the state tensors that changed; the caller disposes the old ones. */
  readonly state: OptimizerState;
};

/** An optimizer with its parameters. Tensors are never changed in place: the wasm backend caches packed weights by id. */
export interface BoundOptimizer {
  /** λ of weight decay that is part of the gradient (g + λw); a hypergradient is taken of this penalised loss. */
  readonly coupledDecay: number;
  /** Returns the state before the first update. */
  start(tf: Tf, weights: readonly StartWeight[]): OptimizerState;
  /** Advances the moments and returns the direction. Called inside the caller's `tf.tidy`. */
  direction(tf: Tf, input: DirectionInput): Direction;
  /** Returns the tensors to evaluate with, when they differ from the trained ones (schedule-free methods). */
  evaluationWeights?(
    tf: Tf,
    state: OptimizerState,
    weights: readonly { name: string; value: tfc.Tensor }[],
  ): tfc.Tensor[];
}

/** `true`, or the reason why the combination is refused. */
export type Support = true | string;

export interface OptimizerDoc {
  readonly title: string;
  readonly summary: string;
  readonly formula: string;
  readonly source: string;
  /** What is recorded as `learning-rate`. */
  readonly rate: string;
}

/** One optimizer = one file in optimizers/, exporting one of these under the camelCase of its file name. */
export interface Optimizer<Params extends z.ZodType<{ kind: string }> = z.ZodType<{ kind: string }>> {
  readonly kind: z.output<Params>["kind"];
  readonly params: Params;
  readonly doc: OptimizerDoc;
  readonly example: z.input<Params>;
  readonly supports: { readonly scheduled: Support; readonly hypergradient: Support; readonly lineSearch: Support };
  bind(params: z.output<Params>): BoundOptimizer;
}
