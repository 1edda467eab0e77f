/** The contract of the engine's optimizers: formulas and parameters of the catalogue, on arrays changed in place. */

/** Where an optimizer works: arrays of the run, one a weight tensor. */
export interface Arrays {
  readonly weights: readonly Float64Array[];
  readonly gradients: readonly Float64Array[];
}

export interface AdvanceInput {
  /** Weight tensors that take part in this update. */
  readonly indices: readonly number[];
  /** 0-based number of this update. */
  readonly step: number;
  /** The rate of each weight tensor, where it is known before the direction: not in a line search or a rate per parameter. */
  readonly rates?: ArrayLike<number> | undefined;
  /** Replaces the momentum (β₁ for the Adam family) when the schedule cycles it. */
  readonly momentum?: number | undefined;
}

/** An optimizer bound to the arrays of one run. */
export interface ArrayOptimizer {
  /** λ of weight decay that is part of the gradient (g + λw); a hypergradient is taken of this penalised loss. */
  readonly coupledDecay: number;
  /** u of each weight tensor after `advance`, valid until the next gradient: the update is w ← w − rate · scale · u. */
  readonly directions: readonly Float64Array[];
  /** Bytes of what it remembers from one update to the next. */
  readonly stateBytes: number;
  /** What the trained model is judged by, where that is not its weights (schedule-free methods). */
  readonly evaluationWeights?: readonly Float64Array[];
  /** Advances the moments with the current gradients and returns the scale, a factor of the rate found by the method itself. */
  advance(input: AdvanceInput): number;
}

/** Returns one zero array a weight tensor. */
export const zerosLike = (arrays: readonly Float64Array[]): Float64Array[] =>
  arrays.map(({ length }) => new Float64Array(length));

/** Returns a copy of each array. */
export const copyOf = (arrays: readonly Float64Array[]): Float64Array[] => arrays.map((array) => array.slice());

/** Returns the bytes of all these arrays. */
export const bytesOf = (...lists: readonly (readonly Float64Array[])[]): number =>
  lists.flat().reduce((sum, { byteLength }) => sum + byteLength, 0);
