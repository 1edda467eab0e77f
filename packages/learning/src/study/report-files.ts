import type { CellOutcome } from "./cell.ts";
import type { Suite } from "./execute-cell.ts";
import { drawFigures } from "./figures/figures.ts";
import type { FrozenPlan } from "./freeze-plan.ts";
import { studyMarkdown } from "./markdown.ts";
import { reportStudy } from "./report.ts";

export interface ReportOptions {
  /** What makes the runs again. */
  readonly command: string;
  /** What became known after the plan was frozen, such as what was cut. */
  readonly notes?: readonly string[];
  readonly stem?: string;
}

/** Returns the report of what has been run as files by name: STEM.json, STEM.md and its figures as STEM-*.svg. */
export function reportFiles(
  frozen: FrozenPlan,
  suite: Suite,
  outcomes: ReadonlyMap<string, CellOutcome>,
  { command, notes = [], stem = "report" }: ReportOptions,
): Record<string, string> {
  const judged = reportStudy(frozen, suite, outcomes);
  const report = { ...judged, notes: [...judged.notes, ...notes] };
  const drawn = Object.entries(drawFigures(report, frozen.plan.figures));
  const figures = Object.fromEntries(drawn.map(([name]) => [name, `${stem}-${name}.svg`]));
  return {
    [`${stem}.json`]: `${JSON.stringify(report)}\n`,
    [`${stem}.md`]: studyMarkdown(report, { command, figures }),
    ...Object.fromEntries(drawn.map(([name, svg]) => [`${stem}-${name}.svg`, svg])),
  };
}
