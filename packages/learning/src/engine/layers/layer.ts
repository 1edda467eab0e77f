/** A layer of a network: arrays in, arrays out, with its gradient worked out by hand. */
export interface Layer {
  /** Its weights; empty for an activation. */
  readonly weights: readonly Float64Array[];
  /** Values of one row of its output. */
  readonly width: number;
  /** Returns the output of `rows` rows; the array is the layer's own and lives until the next call. */
  forward(input: Float64Array, rows: number): Float64Array;
  /**
   * Writes the gradients of the weights for the last `forward`, and returns that of its input (the layer's own array);
   * nothing is returned where `first` says that nobody needs it. May overwrite `outputGradient`.
   */
  backward(
    outputGradient: Float64Array,
    rows: number,
    gradients: readonly Float64Array[],
    first: boolean,
  ): Float64Array | undefined;
}

/** What a layer needs to be made: the most rows in one pass, and the seed and name that decide its first weights. */
export interface LayerContext {
  readonly capacity: number;
  readonly seed: number;
  readonly name: string;
}
