/** Sizes of the data that ships with Etude, for the features of a task. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { datasetOf, type DatasetSpec } from "@etude/catalog";

export interface DataSizes {
  readonly examples: number;
  readonly inputs: number;
  /** Null where nothing is classified. */
  readonly classes: number | null;
}

const { resolve } = createRequire(import.meta.url);
/** Numbers that a generator may make for this. */
const mostGenerated = 2_000_000;

function isCheap(spec: DatasetSpec): boolean {
  if (spec.kind === "upload") return false;
  if (spec.kind === "low-rank") return spec.rows * spec.columns <= mostGenerated;
  if (spec.kind === "gradient-noise") return spec.dimension * spec.examples <= mostGenerated;
  return datasetOf(spec).package === undefined;
}

const known = new Map<string, Promise<DataSizes | null>>();
const mostKnown = 200;

async function measure(spec: DatasetSpec): Promise<DataSizes | null> {
  const dataset = datasetOf(spec);
  const read = async (name: string) => [name, await readFile(resolve(`@etude/catalog/data/${name}`))] as const;
  const { train, shape, outputs, task } = await dataset.load(spec, new Map(await Promise.all(dataset.files.map(read))));
  const classes = task === "classification" || task === "text-classification" ? outputs : null;
  return { examples: train.count, inputs: shape.reduce((product, side) => product * side, 1), classes };
}

/** Returns the sizes; null for uploads, data of packages, large generated data, and parameters that do not fit. */
export function dataSizes(spec: DatasetSpec): Promise<DataSizes | null> {
  if (!isCheap(spec)) return Promise.resolve(null);
  const key = JSON.stringify(spec);
  let found = known.get(key);
  if (!found) {
    found = measure(spec).catch(() => null);
    if (known.size >= mostKnown) known.clear();
    known.set(key, found);
  }
  return found;
}
