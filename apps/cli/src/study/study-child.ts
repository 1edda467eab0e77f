/** A process that runs cells of a study: the plan comes first, then batches of cells; answers are their outcomes. */
import type { StudyPlan } from "@etude/contracts";
import { type Cell, type CellOutcome, executeCell, studyProblems } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";

export interface Batch {
  readonly id: number;
  readonly cells: readonly Cell[];
}
export type Answer =
  | { readonly id: number; readonly outcomes: readonly CellOutcome[] }
  | { readonly id: number; readonly error: string };

const problems = studyProblems(await readSuiteFiles());
let plan: StudyPlan | undefined;

process.on("message", (message: { readonly plan: StudyPlan } | Batch) => {
  if ("plan" in message) {
    plan = message.plan;
    return;
  }
  process.send!(answer(message));
});
process.on("disconnect", () => process.exit());

function answer({ id, cells }: Batch): Answer {
  try {
    return { id, outcomes: cells.map((cell) => executeCell(plan!, problems, cell)) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
