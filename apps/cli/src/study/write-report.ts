import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportFiles, type Suite } from "@etude/learning";
import type { StudyFolder } from "./study-folder.ts";

/** Writes report.json, report.md and its figures into the folder. Returns their paths. */
export function writeReport(folder: string, { frozen, outcomes }: StudyFolder, suite: Suite): string[] {
  const files = reportFiles(frozen, suite, outcomes, "etude study run plan.json --out DIR");
  return Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  });
}
