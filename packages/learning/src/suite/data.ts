import { type Data, DatasetSpec, datasetOf } from "@etude/catalog";
import type { z } from "zod";
import { type Rows, rowsOf } from "../engine/network.ts";

/** Bytes of the data files by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

type DatasetInput = z.input<typeof DatasetSpec>;

/** Problems share their data: many of them read the same files. */
const loaded = new WeakMap<Files, Map<string, Data>>();

/** Returns a shipped dataset of the catalogue. */
export function dataOf(spec: DatasetInput, files: Files): Data {
  const known = loaded.get(files) ?? new Map<string, Data>();
  loaded.set(files, known);
  const key = JSON.stringify(spec);
  const found = known.get(key);
  if (found) return found;
  const parsed = DatasetSpec.parse(spec);
  const data = datasetOf(parsed).load(parsed, files);
  if (data instanceof Promise) throw new Error(`dataset ${parsed.kind} is not shipped with Etude`);
  known.set(key, data);
  return data;
}

/** Returns both parts of a shipped dataset as float64. */
export function partsOf(spec: DatasetInput, files: Files): { readonly train: Rows; readonly validation: Rows } {
  const { train, validation } = dataOf(spec, files);
  return { train: rowsOf(train), validation: rowsOf(validation) };
}
