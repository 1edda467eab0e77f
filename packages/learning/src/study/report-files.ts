import type { CellOutcome } from "./cell.ts";
import type { Suite } from "./execute-cell.ts";
import { drawFigures } from "./figures/figures.ts";
import type { FrozenPlan } from "./freeze-plan.ts";
import { studyMarkdown } from "./markdown.ts";
import { reportStudy } from "./report.ts";

/** Returns the report of what has been run as files by name: report.json, report.md and its figures. `command`: what makes it again. */
export function reportFiles(
  frozen: FrozenPlan,
  suite: Suite,
  outcomes: ReadonlyMap<string, CellOutcome>,
  command: string,
): Record<string, string> {
  const report = reportStudy(frozen, suite, outcomes);
  const drawn = drawFigures(report, frozen.plan.figures);
  const figures = Object.fromEntries(Object.keys(drawn).map((name) => [name, `report-${name}.svg`]));
  return {
    "report.json": `${JSON.stringify(report)}\n`,
    "report.md": studyMarkdown(report, { command, figures }),
    ...Object.fromEntries(Object.entries(drawn).map(([name, svg]) => [`report-${name}.svg`, svg])),
  };
}
