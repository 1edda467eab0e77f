import { type Data, DatasetSpec, datasetOf } from "@etude/catalog";
import type { z } from "zod";

/** Bytes of the data files by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Returns a dataset of the catalogue. */
export function dataOf(spec: z.input<typeof DatasetSpec>, files: Files): Data {
  const parsed = DatasetSpec.parse(spec);
  return datasetOf(parsed).load(parsed, files);
}
