/** The contract of a model: named weights, a loss and what the trainer must know to update them. */
import type * as tfc from "@tensorflow/tfjs-core";
import type { z } from "zod";
import type { Data, Task } from "./dataset.ts";
import type { Tf } from "./optimizer.ts";

/** A trainable tensor. The order of a model's weights is part of its meaning: checkpoints and hyper-rates follow it. */
export interface Weight {
  /** Stable, such as `hidden-1/kernel`. */
  readonly name: string;
  /** One of the model's groups; a rate per group applies to all its weights. */
  readonly group: string;
  readonly variable: tfc.Variable;
}

/** One batch on the device. */
export interface Batch {
  /** [size, …shape], float32. */
  readonly inputs: tfc.Tensor;
  /**
   * classification, text-classification: one-hot [size, outputs]; next-token: one-hot [size × length, outputs];
   * regression: [size, outputs]; factorisation, minimisation: as the inputs.
   */
  readonly targets: tfc.Tensor;
  readonly size: number;
  /** Which training examples these are, for models with weights of their own for each example. */
  readonly rows: Uint32Array;
}

export interface Pass {
  /** Whether dropout and the like are on. */
  readonly training: boolean;
  /** 0-based number of the update: the same step draws the same dropout mask. */
  readonly step: number;
}

/** A type and not an interface, so that it fits `tf.tidy`. */
export type Forward = {
  /** The mean loss over the batch, a scalar. */
  readonly loss: tfc.Scalar;
  /** [size, outputs], for next-token [size × length, outputs]; for metrics, absent where none applies. */
  readonly outputs?: tfc.Tensor;
};

export interface BuiltModel {
  readonly weights: readonly Weight[];
  /** Names of the groups, in order. */
  readonly groups: readonly string[];
  /** joint: one update for all weights. alternating: gradient, bound, rate and update group by group. */
  readonly update: "joint" | "alternating";
  /** Computes the loss inside the caller's tidy; differentiable when called under `variableGrads`. */
  forward(batch: Batch, pass: Pass): Forward;
  /**
   * Maps a candidate value of weight `index` to an allowed one, `from` being its value before the update (inside the
   * caller's tidy); absent when all values are allowed.
   */
  project?(index: number, candidate: tfc.Tensor, from: tfc.Tensor): tfc.Tensor;
  /** Returns, on the host, the largest rate known to be stable for each group at the current weights on this batch. */
  stabilityBounds?(batch: Batch): Promise<readonly number[]>;
  /** Whether the trainer cuts rates at the bound; when false it is only recorded. */
  readonly clipsToBound?: boolean;
  /** The run counts as diverged once the training loss exceeds this multiple of the first one; absent: only when not finite. */
  readonly divergesAbove?: number;
  /** Frees the weights and everything else the model made. */
  dispose(): void;
}

export interface ModelDoc {
  readonly title: string;
  readonly summary: string;
  readonly source: string;
}

export interface BuildContext {
  readonly data: Pick<Data, "task" | "shape" | "outputs" | "vocabulary" | "train">;
  /** The run's seed. */
  readonly seed: number;
  /** Examples in one update; a bound may depend on it. */
  readonly batchSize: number;
}

/** One model = one file in models/, exporting one of these under the camelCase of its file name. */
export interface Model<Params extends z.ZodType<{ kind: string }> = z.ZodType<{ kind: string }>> {
  readonly kind: z.output<Params>["kind"];
  readonly params: Params;
  readonly doc: ModelDoc;
  readonly example: z.input<Params>;
  readonly tasks: readonly Task[];
  /** Kernels that a backend must have, beyond those of dense layers; it is refused where one is missing. */
  readonly kernels: readonly string[];
  /** Throws an Error naming the field when parameters and data do not fit. */
  build(tf: Tf, params: z.output<Params>, context: BuildContext): BuiltModel;
}
