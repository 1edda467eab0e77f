import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Evidence, NewEvidence } from "@etude/contracts";
import { evidenceOfStudy, reportFiles, type Suite } from "@etude/learning";
import type { StudyFolder } from "./study-folder.ts";

/** What stands in a report beside its numbers. */
interface Remarks {
  /** What made the runs. */
  readonly command?: string;
  readonly note?: readonly string[];
}

/** Writes PREFIX.json, PREFIX.md and a figure each as PREFIX-NAME.svg. Returns their paths. */
export function writeReport(
  prefix: string,
  { frozen, outcomes }: StudyFolder,
  suite: Suite,
  { command = "etude study run plan.json --out DIR", note = [] }: Remarks = {},
): string[] {
  const files = reportFiles(frozen, suite, outcomes, { command, notes: note, stem: basename(prefix) });
  return Object.entries(files).map(([name, content]) => {
    const path = join(dirname(prefix), name);
    writeFileSync(path, content);
    return path;
  });
}

/**
 * Writes every run as a row of evidence, one JSON a line, compressed with gzip. What is derived from a row, its id and
 * hashes, is left out: `completeEvidence` makes it again.
 */
export function writeEvidence(path: string, { frozen, outcomes }: StudyFolder, suite: Suite, at: Date): void {
  const rows = evidenceOfStudy(frozen, suite, outcomes.values(), at.toISOString());
  writeFileSync(path, gzipSync(rows.map((row) => `${JSON.stringify(asGiven(row))}\n`).join(""), { level: 9 }));
}

function asGiven({ id: _id, shape: _shape, scheduleHash: _hash, cell: _cell, task, ...row }: Evidence): NewEvidence {
  const { hash: _taskHash, ...given } = task;
  return { ...row, task: given };
}
