import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawFigures, reportStudy, studyMarkdown, type Suite } from "@etude/learning";
import type { StudyFolder } from "./study-folder.ts";

/** Writes report.json, report.md and its figures into the folder. Returns their paths. */
export function writeReport(folder: string, { frozen, outcomes }: StudyFolder, suite: Suite): string[] {
  const report = reportStudy(frozen, suite, outcomes);
  const drawn = drawFigures(report, frozen.plan.figures);
  const figures = Object.fromEntries(Object.keys(drawn).map((name) => [name, `report-${name}.svg`]));
  const files = {
    "report.json": `${JSON.stringify(report)}\n`,
    "report.md": studyMarkdown(report, { command: "etude study run plan.json --out DIR", figures }),
    ...Object.fromEntries(Object.entries(drawn).map(([name, svg]) => [`report-${name}.svg`, svg])),
  };
  return Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  });
}
