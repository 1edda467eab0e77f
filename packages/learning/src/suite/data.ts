import { type Data, DatasetSpec, datasetOf } from "@etude/catalog";
import type { z } from "zod";

/** Bytes of the data files by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Returns a shipped dataset of the catalogue. */
export function dataOf(spec: z.input<typeof DatasetSpec>, files: Files): Data {
  const parsed = DatasetSpec.parse(spec);
  const data = datasetOf(parsed).load(parsed, files);
  if (data instanceof Promise) throw new Error(`dataset ${parsed.kind} is not shipped with Etude`);
  return data;
}
