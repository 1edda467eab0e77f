import { readFileSync } from "node:fs";
import type { Data, Examples } from "@etude/catalog";

/** One run of the authors' code; see the file's `problem`. */
export interface ReferenceCase {
  readonly method: string;
  readonly kwargs: Readonly<Record<string, number>>;
  readonly batch: number;
  readonly steps: number;
  readonly lr: readonly number[];
  readonly loss: readonly number[];
  readonly final_full_loss: number;
}

interface Reference {
  readonly X: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly cases: readonly ReferenceCase[];
}

const file = new URL("../../../../packages/catalog/test/reference/gradient-schedules.json", import.meta.url);
export const reference = JSON.parse(readFileSync(file, "utf8")) as Reference;

const examples: Examples = {
  count: reference.X.length,
  inputs: Float32Array.from(reference.X.flat()),
  targets: Float32Array.from(reference.y),
};

/** The reference's data; validation is the whole of it, for the final loss. */
export const iris: Data = { task: "classification", shape: [4], outputs: 3, train: examples, validation: examples };
