/** For callers on Node: the only file reading of this package. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { suiteFiles } from "./suite.ts";

const { resolve } = createRequire(import.meta.url);

/** Returns the bytes of the data files that the benchmark suite reads, by name. */
export async function readSuiteFiles(): Promise<Map<string, Uint8Array>> {
  const read = async (name: string): Promise<[string, Uint8Array]> => [
    name,
    await readFile(resolve(`@etude/catalog/data/${name}`)),
  ];
  return new Map(await Promise.all(suiteFiles.map(read)));
}
