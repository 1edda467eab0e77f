/** For callers on Node: the evidence that Etude ships with. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Evidence, EvidenceCell, NewEvidence } from "@etude/contracts";
import { cellsOf } from "./cells-of.ts";
import { completeEvidence } from "./complete-evidence.ts";

/**
 * In data/: `corpus`, rows of studies; `finer-grids`, wsd and cosine on rates three times as dense, to judge rankers
 * against; `corpus-cells`, the corpus folded, which is what the service reads.
 */
type ShippedFile = "corpus" | "finer-grids" | "corpus-cells";

const fileOf = (name: ShippedFile): URL => new URL(`../../data/${name}.ndjson.gz`, import.meta.url);

/** The lines of a file as JSON; none while it has not been made. */
async function readLines(name: ShippedFile): Promise<unknown[]> {
  const file = fileOf(name);
  if (!existsSync(file)) return [];
  const text = (await promisify(gunzip)(await readFile(file))).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}

/** Returns the rows of a shipped file with their hashes; none while it has not been made. */
export async function readShippedRows(name: "corpus" | "finer-grids"): Promise<Evidence[]> {
  return (await readLines(name)).map((row) => completeEvidence(row as NewEvidence));
}

/** Folds the rows of the corpus into the file of its cells. */
export async function writeShippedCells(rows: readonly Evidence[]): Promise<void> {
  const text = cellsOf(rows, { shipped: true })
    .map((cell) => `${JSON.stringify(cell)}\n`)
    .join("");
  await writeFile(fileOf("corpus-cells"), await promisify(gzip)(text, { level: 9 }));
}

let cells: Promise<EvidenceCell[]> | undefined;

/** Returns the cells of the shipped corpus, marked as such; read once a process. */
export function readShippedCells(): Promise<readonly EvidenceCell[]> {
  cells ??= readLines("corpus-cells").then((all) => all as EvidenceCell[]);
  return cells;
}
