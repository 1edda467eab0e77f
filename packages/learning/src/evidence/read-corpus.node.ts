/** For callers on Node: the evidence that Etude ships with. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Evidence, EvidenceCell, NewEvidence } from "@etude/contracts";
import { cellsOf } from "./cells-of.ts";
import { completeEvidence } from "./complete-evidence.ts";

const data = new URL("../../data/", import.meta.url);

/** `corpus`: results of studies; `finer-grids`: wsd and cosine on rates three times as dense, to judge rankers against. */
export type ShippedFile = "corpus" | "finer-grids";

/** Returns where a shipped file lies. */
export const shippedFile = (name: ShippedFile): URL => new URL(`${name}.ndjson.gz`, data);

/** Returns the rows of a shipped file with their hashes; none while it has not been made. */
export async function readShipped(name: ShippedFile): Promise<Evidence[]> {
  const file = shippedFile(name);
  if (!existsSync(file)) return [];
  const text = (await promisify(gunzip)(await readFile(file))).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => completeEvidence(JSON.parse(line) as NewEvidence));
}

let cells: Promise<EvidenceCell[]> | undefined;

/** Returns the cells of the shipped corpus, marked as such; read once a process. */
export function readShippedCells(): Promise<readonly EvidenceCell[]> {
  cells ??= readShipped("corpus").then((rows) => cellsOf(rows, { shipped: true }));
  return cells;
}
